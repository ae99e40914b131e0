#pragma once

#include "base/durability.h"
#include "store/database.h"

namespace ctt::store {

/// A change of the database: all of it or nothing.
///
///     Transaction change(database);
///     schedules::set_status(change, ...);   // appends its event too
///     change.commit();
///
/// Holds the write lock of all processes from construction to commit, so nothing slow belongs
/// inside: no network, no training, no waiting. Rolled back when destroyed without `commit()`.
/// Converts to Database&, so that reading functions work inside it and see the change.
///
/// Refuses a second transaction on the same connection (std::invalid_argument), a read-only
/// connection (std::invalid_argument), and gives up when another process has held the lock for
/// 30 s (Error(busy)).
class Transaction {
 public:
  explicit Transaction(Database& database, base::Durability durability = base::Durability::synced);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

  Database& database() const { return database_; }
  operator Database&() const { return database_; }  // NOLINT(google-explicit-constructor)

 private:
  void close() noexcept;

  Database& database_;
  base::Durability durability_;
  bool open_ = false;
};

/// One view of the database for several reads: what others commit meanwhile stays unseen.
/// Keep it short, the WAL cannot be emptied past it.
class ReadTransaction {
 public:
  explicit ReadTransaction(Database& database);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Database& database_;
};

}  // namespace ctt::store
