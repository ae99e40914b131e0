#pragma once

#include <span>

#include "store/connection.h"
#include "store/migrations.h"

// For the .cpp files of this folder only: how a database gets the newest schema.

namespace ctt::store {

/// Foreign keys are off as long as it lives: a step may rebuild tables that others refer to, and
/// `apply` checks the references before it commits.
class WithoutForeignKeys {
 public:
  explicit WithoutForeignKeys(SQLite::Database& sqlite) : sqlite_(sqlite) {
    sqlite_.tryExec("PRAGMA foreign_keys=OFF");
  }
  ~WithoutForeignKeys() { sqlite_.tryExec("PRAGMA foreign_keys=ON"); }
  WithoutForeignKeys(const WithoutForeignKeys&) = delete;
  WithoutForeignKeys& operator=(const WithoutForeignKeys&) = delete;

 private:
  SQLite::Database& sqlite_;
};

/// Applies one step as a transaction. Throws SQLite::Exception.
void apply(SQLite::Database& sqlite, const Migration& step);

/// Applies the steps that the schema lacks, each one transaction, after a backup when there is
/// content. With the write lock held.
void upgrade(Database::Connection& connection, std::span<const Migration> steps);

}  // namespace ctt::store
