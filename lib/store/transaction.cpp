#include "store/transaction.h"

#include <unistd.h>

#include "store/connection.h"

namespace ctt::store {

namespace {

// A commit that leaves a WAL of this size empties it; a reader in the way puts that off until it
// has grown by as much again.
constexpr std::uintmax_t kWalSizeBytesMax = std::uintmax_t{4} << 20;

void begin(Database::Connection& connection, const char* statement) {
  if (connection.in_transaction)
    throw std::invalid_argument("a transaction is open on this connection already");
  if (connection.owner != ::getpid())
    throw std::invalid_argument("a database connection does not survive a fork");
  guarded(connection.file, [&] { connection.sqlite().exec(statement); });
  connection.in_transaction = true;
}

void roll_back(Database::Connection& connection) noexcept {
  connection.in_transaction = false;
  connection.sqlite().tryExec("ROLLBACK");
}

void keep_wal_small(Database::Connection& connection) {
  std::error_code none;
  const auto size = std::filesystem::file_size(connection.file.string() + "-wal", none);
  if (none || size < connection.wal_left_bytes + kWalSizeBytesMax) return;
  connection.wal_left_bytes = connection.empty_wal() ? 0 : size;
}

}  // namespace

Transaction::Transaction(Database& database, base::Durability durability)
    : database_(database), durability_(durability) {
  auto& connection = database_.connection();
  if (!connection.lock) throw std::invalid_argument("a read-only connection cannot change the database");
  if (connection.in_transaction)
    throw std::invalid_argument("a transaction is open on this connection already");
  connection.lock->acquire();
  try {
    if (durability_ == base::Durability::relaxed)
      guarded(connection.file, [&] { connection.sqlite().exec("PRAGMA synchronous=NORMAL"); });
    begin(connection, "BEGIN IMMEDIATE");
  } catch (...) {
    close();
    throw;
  }
  open_ = true;
}

Transaction::~Transaction() {
  if (!open_) return;
  roll_back(database_.connection());
  close();
}

void Transaction::commit() {
  if (!open_) throw std::invalid_argument("this transaction is committed already");
  auto& connection = database_.connection();
  guarded(connection.file, [&] { connection.sqlite().exec("COMMIT"); });
  open_ = false;
  connection.in_transaction = false;
  keep_wal_small(connection);
  close();
}

void Transaction::close() noexcept {
  auto& connection = database_.connection();
  if (durability_ == base::Durability::relaxed) connection.sqlite().tryExec("PRAGMA synchronous=FULL");
  connection.lock->release();
}

ReadTransaction::ReadTransaction(Database& database) : database_(database) {
  begin(database_.connection(), "BEGIN");
}

ReadTransaction::~ReadTransaction() { roll_back(database_.connection()); }

}  // namespace ctt::store
