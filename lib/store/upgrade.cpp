#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "store/connection.h"

// Schema steps, backups and restores.

namespace ctt::store {

using base::Error;
using base::Failure;
namespace fs = std::filesystem;

namespace {

// `backups/ctt-schema1-20261123T120020Z.db` beside the database, with a number when it is taken.
fs::path backup_place(const fs::path& file, std::int64_t version) {
  auto stamp = base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(base::SystemClock().now()));
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  const auto folder = fs::absolute(file).parent_path() / "backups";
  base::make_directory(folder);
  auto place = folder / fmt::format("{}-schema{}-{}.db", file.stem().string(), version, stamp);
  for (int number = 2; fs::exists(place); ++number) {
    place = folder / fmt::format("{}-schema{}-{}-{}.db", file.stem().string(), version, stamp, number);
  }
  return place;
}

void flush(const fs::path& file, int flags) {
  const int descriptor = ::open(file.c_str(), flags | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!flushed) throw Error(Failure::internal, fmt::format("cannot flush {}", file.string()));
}

// A step may rebuild tables that others refer to; `apply` checks the references before it commits.
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

void refuse_bad_backup(const fs::path& file, SQLite::Database& source, int newest) {
  const auto version = source.execAndGet("PRAGMA user_version").getInt64();
  if (source.execAndGet("PRAGMA application_id").getInt64() != kApplicationId) {
    throw Error(Failure::integrity, fmt::format("{} is not a backup of a ctt database", file.string()));
  }
  if (version > newest) {
    throw Error(Failure::integrity,
                fmt::format("the backup {} has schema {}, and this ctt knows schemas up to {}", file.string(),
                            version, newest));
  }
  if (const auto said = source.execAndGet("PRAGMA integrity_check").getString(); said != "ok") {
    throw Error(Failure::integrity, fmt::format("the backup {} is damaged: {}", file.string(), said));
  }
}

}  // namespace

void copy_to_file(Database::Connection& connection, const fs::path& copy) {
  const auto folder = fs::absolute(copy).parent_path();
  const auto beside = folder / fmt::format(".tmp-{}-{}", ::getpid(), copy.filename().string());
  base::write_file_atomically(beside, "");  // SQLite keeps the mode of a file that is there
  guarded(beside, [&] {
    SQLite::Database target(beside.string(), SQLite::OPEN_READWRITE);
    SQLite::Backup backup(target, connection.sqlite());
    backup.executeStep(-1);
  });
  guarded(beside, [&] {
    // One plain file, without a WAL beside it.
    SQLite::Database target(beside.string(), SQLite::OPEN_READWRITE);
    target.exec("PRAGMA journal_mode=DELETE");
  });
  flush(beside, O_RDONLY);
  fs::rename(beside, copy);
  flush(folder, O_RDONLY | O_DIRECTORY);
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

void Database::back_up(const fs::path& copy) {
  if (fs::exists(copy)) {
    throw Error(Failure::usage,
                fmt::format("{} is there already; a backup goes to a new file", copy.string()));
  }
  copy_to_file(*connection_, copy);
}

void Database::restore(const fs::path& backup) {
  if (!connection_->lock) throw std::invalid_argument("a read-only connection cannot restore");
  if (!fs::exists(backup))
    throw Error(Failure::not_found, fmt::format("there is no backup {}", backup.string()));
  const auto steps = migrations();
  guarded(backup, [&] {
    SQLite::Database source(backup.string(), SQLite::OPEN_READONLY);
    refuse_bad_backup(backup, source, steps.back().to);
    const Turn turn(*connection_->lock);
    SQLite::Backup copy(connection_->sqlite(), source);
    copy.executeStep(-1);
  });
  const Turn turn(*connection_->lock);
  guarded(connection_->file, [&] { connection_->sqlite().exec("PRAGMA journal_mode=WAL"); });
  upgrade(*connection_, steps);
}

}  // namespace ctt::store
