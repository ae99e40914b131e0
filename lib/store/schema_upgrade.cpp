#include "store/schema_upgrade.h"

#include <sqlite3.h>

#include "base/error.h"
#include "base/files.h"
#include "store/database_copy.h"

namespace ctt::store {

using base::Error;
using base::Failure;
namespace fs = std::filesystem;

namespace {

// `backups/ctt-schema1-20261123T120020Z.db` beside the database.
fs::path backup_place(const fs::path& file, std::int64_t version) {
  const auto folder = fs::absolute(file).parent_path() / "backups";
  base::make_directory(folder);
  return free_place(folder, fmt::format("{}-schema{}-{}", file.stem().string(), version, stamp()), ".db");
}

}  // namespace

void apply(SQLite::Database& sqlite, const Migration& step) {
  SQLite::Transaction change(sqlite, SQLite::TransactionBehavior::IMMEDIATE);
  sqlite.exec(std::string(step.sql));
  SQLite::Statement dangling(sqlite, "PRAGMA foreign_key_check");
  if (dangling.executeStep()) {
    throw SQLite::Exception(
        fmt::format("a row of {} names a row that is not there", dangling.getColumn(0).getString()));
  }
  dangling.reset();
  sqlite.exec(fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", step.to, kApplicationId));
  change.commit();
}

void upgrade(Database::Connection& connection, std::span<const Migration> steps) {
  // Somebody else may have done it while we waited for the lock.
  const auto version = connection.pragma("user_version");
  if (version == steps.back().to) return;
  fs::path backup;
  if (version > 0) copy_to_file(connection, backup = backup_place(connection.file, version));
  const WithoutForeignKeys rebuild(connection.sqlite());
  for (const auto& step : steps) {
    if (step.to <= version) continue;
    try {
      apply(connection.sqlite(), step);
    } catch (const SQLite::Exception& error) {
      if (error.getErrorCode() == SQLITE_FULL) fail(error, connection.file);
      throw Error(
          Failure::integrity,
          fmt::format("the database {} stays at schema {}: step {} ({}) failed: {}", connection.file.string(),
                      connection.pragma("user_version"), step.to, step.title, error.what()))
          .why(backup.empty() ? "" : fmt::format("its content before is in {}", backup.string()));
    }
  }
}

}  // namespace ctt::store
