#include "store/database.h"

#include <unistd.h>

#include <sqlite3.h>

#include <cerrno>

#include "base/error.h"
#include "base/files.h"
#include "store/connection.h"
#include "store/database_copy.h"
#include "store/schema_upgrade.h"

namespace ctt::store {

using base::Error;
using base::Failure;
namespace fs = std::filesystem;

namespace {

void refuse_missing(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) return;
  throw Error(Failure::not_found, fmt::format("there is no database at {}", file.string())).fix("ctt init");
}

// A new database appears with its first page, which bears ctt's mark: so one of 0 bytes is never new, however
// its making ended. Who else makes one at the same time may be first.
// Nobody opens the file but SQLite once it is there: closing any descriptor of a file ends all of this
// process's locks on it, and a visitor (sqlite3, say) would then empty and remove the log under us.
void create(const fs::path& file) {
  const TempDatabase temporary(file);
  guarded(file, [&] {
    SQLite::Database first(temporary.path().string(), SQLite::OPEN_READWRITE);
    first.exec(fmt::format("PRAGMA journal_mode=OFF; PRAGMA application_id={}", kApplicationId));
  });
  if (::link(temporary.path().c_str(), file.c_str()) == 0 || errno == EEXIST) return;
  fs::rename(temporary.path(), file);  // a file system without links
}

// SQLite would take it for a new database, and throw its log away.
void refuse_empty(const fs::path& file) {
  std::error_code error;
  if (fs::file_size(file, error) > 0 || error) return;
  throw Error(Failure::integrity,
              fmt::format("the database {} is damaged: it has 0 bytes, its content is gone", file.string()))
      .fix("ctt db restore --help");
}

void refuse_foreign_schema(Database::Connection& connection, int newest) {
  const auto version = connection.pragma("user_version");
  if (version > newest) {
    throw Error(
        Failure::integrity,
        fmt::format(
            "the database {} has schema {}, and this ctt knows schemas up to {}; install the newer ctt "
            "that wrote it",
            connection.file.string(), version, newest))
        .fix("ctt version")
        .fix("ctt db restore --help");
  }
  const auto tables = guarded(connection.file, [&] {
    return connection.sqlite().execAndGet("SELECT count(*) FROM sqlite_schema").getInt64();
  });
  if (connection.pragma("application_id") != kApplicationId && (version != 0 || tables != 0)) {
    throw Error(Failure::integrity,
                fmt::format("{} is a database of another program", connection.file.string()));
  }
}

void refuse_foreign_bytes(Database::Connection& connection) {
  try {
    connection.sqlite().execAndGet("PRAGMA schema_version");
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_NOTADB) throw;
    throw Error(Failure::integrity, fmt::format("{} is not a database", connection.file.string()))
        .why("its first bytes are not those of an SQLite file")
        .fix("ctt db restore --help");
  }
}

void open_handle(Database::Connection& connection) {
  const int flags =
      (connection.access == Access::read_write ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY) |
      SQLite::OPEN_NOMUTEX;
  guarded(connection.file, [&] {
    connection.handle.emplace(connection.file.string(), flags, 5000);
    auto& sqlite = connection.sqlite();
    // The last connection would otherwise empty the WAL at its end without our lock, even into a file that
    // is refused.
    sqlite3_db_config(sqlite.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    refuse_foreign_bytes(connection);
    sqlite.exec("PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
  });
}

void refuse_unwritable(Database::Connection& connection) {
  if (sqlite3_db_readonly(connection.sqlite().getHandle(), "main") == 0) return;
  throw Error(Failure::internal,
              fmt::format("cannot write the database {}: no permission", connection.file.string()))
      .fix(fmt::format("ls -ld {}", connection.file.string()));
}

void bring_up_to_date(Database::Connection& connection, std::span<const Migration> steps) {
  refuse_unwritable(connection);
  const int newest = steps.back().to;
  const auto is_wal = [&] {
    return guarded(connection.file, [&] {
      return connection.sqlite().execAndGet("PRAGMA journal_mode").getString() == "wal";
    });
  };
  if (connection.pragma("user_version") == newest && is_wal()) return;
  const WriteGuard guard(*connection.lock);
  guarded(connection.file, [&] { connection.sqlite().exec("PRAGMA journal_mode=WAL"); });
  upgrade(connection, steps);
}

void refuse_older(Database::Connection& connection, int newest) {
  const auto version = connection.pragma("user_version");
  if (version == newest) return;
  throw Error(Failure::integrity, fmt::format("the database {} has schema {}, and this ctt needs schema {}",
                                              connection.file.string(), version, newest))
      .fix("ctt db migrate");
}

void collect(Database::Connection& connection, const char* sql, std::vector<std::string>& findings) {
  SQLite::Statement rows(connection.sqlite(), sql);
  while (rows.executeStep()) findings.push_back(rows.getColumn(0).getString());
}

}  // namespace

Database::Database(const fs::path& file, Access access, std::span<const Migration> steps)
    : connection_(std::make_unique<Connection>(file, access)) {
  if (access == Access::read_only) {
    refuse_missing(file);
  } else if (!base::is_there(file)) {
    create(file);
  }
  refuse_empty(file);
  if (access == Access::read_write) connection_->lock.emplace(file);
  open_handle(*connection_);
  refuse_foreign_schema(*connection_, steps.back().to);
  if (access == Access::read_only) {
    refuse_older(*connection_, steps.back().to);
  } else {
    bring_up_to_date(*connection_, steps);
  }
}

Database::~Database() = default;

const fs::path& Database::file() const { return connection_->file; }
Access Database::access() const { return connection_->access; }
int Database::schema() const { return static_cast<int>(connection_->pragma("user_version")); }
std::int64_t Database::data_version() { return connection_->pragma("data_version"); }

std::vector<std::string> Database::check() {
  std::vector<std::string> findings;
  try {
    collect(*connection_, "PRAGMA integrity_check", findings);
    std::erase(findings, "ok");
    collect(*connection_,
            "SELECT 'row ' || rowid || ' of ' || \"table\" || ' names a row of ' || parent || ' that is not "
            "there' "
            "FROM pragma_foreign_key_check",
            findings);
  } catch (const SQLite::Exception& error) {
    findings.emplace_back(error.what());
  }
  return findings;
}

void Database::back_up(const fs::path& copy) {
  if (fs::exists(copy)) {
    throw Error(Failure::usage,
                fmt::format("{} is there already; a backup goes to a new file", copy.string()));
  }
  copy_to_file(*connection_, copy);
}

bool Database::checkpoint() {
  if (!connection_->lock || connection_->in_transaction) return false;
  const WriteGuard guard(*connection_->lock);
  return connection_->empty_wal();
}

}  // namespace ctt::store
