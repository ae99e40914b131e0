#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>

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

// Beside the database or in its folder of backups, by the second: `20261123T120020Z`.
std::string stamp() {
  auto text = base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(base::SystemClock().now()));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

// `<name><ending>`, with a number between them when that is taken.
fs::path free_place(const fs::path& folder, const std::string& name, std::string_view ending) {
  auto place = folder / fmt::format("{}{}", name, ending);
  for (int number = 2; fs::exists(place); ++number)
    place = folder / fmt::format("{}-{}{}", name, number, ending);
  return place;
}

// `backups/ctt-schema1-20261123T120020Z.db` beside the database.
fs::path backup_place(const fs::path& file, std::int64_t version) {
  const auto folder = fs::absolute(file).parent_path() / "backups";
  base::make_directory(folder);
  return free_place(folder, fmt::format("{}-schema{}-{}", file.stem().string(), version, stamp()), ".db");
}

void flush(const fs::path& file, int flags) {
  const auto opened = base::Descriptor::open(file, flags);
  if (!opened || ::fsync(opened.get()) != 0)
    throw Error(Failure::internal, fmt::format("cannot flush {}", file.string()));
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

// A step that stops halfway, because another program holds a lock, is no copy.
void copy_all(SQLite::Database& to, SQLite::Database& from) {
  SQLite::Backup copy(to, from);
  if (copy.executeStep(-1) != SQLITE_DONE) throw SQLite::Exception("another program holds it", SQLITE_BUSY);
}

// What `source` holds, as one plain file without a WAL beside it, flushed.
void fill(const fs::path& empty, SQLite::Database& source) {
  guarded(empty, [&] {
    SQLite::Database target(empty.string(), SQLite::OPEN_READWRITE);
    copy_all(target, source);
  });
  guarded(empty, [&] {
    SQLite::Database target(empty.string(), SQLite::OPEN_READWRITE);
    target.exec("PRAGMA journal_mode=DELETE");
  });
  flush(empty, O_RDONLY);
}

void flush_folder_of(const fs::path& file) {
  flush(fs::absolute(file).parent_path(), O_RDONLY | O_DIRECTORY);
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

// Calls `work` and says of SQLite's exceptions that `file` is no backup to restore from.
template <class Work>
void reading_backup(const fs::path& file, Work&& work) {
  try {
    work();
  } catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode();
    if (code == SQLITE_BUSY) fail(error, file);
    throw Error(code == SQLITE_CANTOPEN ? Failure::not_found : Failure::integrity,
                fmt::format("{} does not serve as a backup: {}", file.string(), error.what()));
  }
}

// Whatever the newest schema lacks is added here, where a step that fails costs nothing.
void fill_from_backup(const fs::path& empty, const fs::path& backup) {
  reading_backup(backup, [&] {
    SQLite::Database source(backup.string(), SQLite::OPEN_READONLY);
    fill(empty, source);
    SQLite::Database copy(empty.string(), SQLite::OPEN_READWRITE);
    const WithoutForeignKeys rebuild(copy);
    const auto version = copy.execAndGet("PRAGMA user_version").getInt();
    for (const auto& step : migrations()) {
      if (step.to <= version) continue;
      try {
        apply(copy, step);
      } catch (const SQLite::Exception& error) {
        if (error.getErrorCode() == SQLITE_FULL) fail(error, empty);
        throw;
      }
    }
  });
}

// The database that is there, if this program can open it and it is whole.
std::unique_ptr<Database> sound(const fs::path& file) {
  if (!base::is_there(file)) return nullptr;
  try {
    auto present = std::make_unique<Database>(file);
    if (present->check().empty()) return present;
  } catch (const Error& error) {
    if (error.failure() == Failure::busy) throw;
  }
  return nullptr;
}

fs::path with(const fs::path& file, std::string_view ending) {
  return fmt::format("{}{}", file.string(), ending);
}

// The file keeps its first name too, until another takes that: there is a database at any time. What
// belongs to it goes first: SQLite would play a log into whatever stands beside it.
std::optional<fs::path> set_aside(const fs::path& file) {
  constexpr std::array kCompanions{"-wal", "-shm", "-journal"};
  const auto there = [&](const char* ending) { return fs::exists(with(file, ending)); };
  if (!there("") && std::ranges::none_of(kCompanions, there)) return std::nullopt;
  const auto aside = free_place(fs::absolute(file).parent_path(),
                                fmt::format("{}.damaged-{}", file.filename().string(), stamp()), "");
  if (there("")) {
    std::error_code no_links;
    fs::create_hard_link(file, aside, no_links);
    if (no_links) fs::rename(file, aside);
  }
  for (const auto* ending : kCompanions) {
    if (there(ending)) fs::rename(with(file, ending), with(aside, ending));
  }
  flush_folder_of(file);
  return aside;
}

}  // namespace

void copy_to_file(Database::Connection& connection, const fs::path& copy) {
  const TempDatabase temporary(copy);
  fill(temporary.path(), connection.sqlite());
  fs::rename(temporary.path(), copy);
  flush_folder_of(copy);
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

void check_backup(const fs::path& backup) {
  if (!base::is_there(backup))
    throw Error(Failure::not_found, fmt::format("there is no backup {}", backup.string()));
  reading_backup(backup, [&] {
    SQLite::Database source(backup.string(), SQLite::OPEN_READONLY);
    refuse_bad_backup(backup, source, schema_version());
  });
}

std::optional<fs::path> restore(const fs::path& file, const fs::path& backup) {
  check_backup(backup);
  const TempDatabase content(file);
  fill_from_backup(content.path(), backup);
  if (const auto present = sound(file)) {
    auto& connection = present->connection();
    const WriteGuard guard(*connection.lock);
    guarded(file, [&] {
      SQLite::Database source(content.path().string(), SQLite::OPEN_READONLY);
      copy_all(connection.sqlite(), source);
      connection.sqlite().exec("PRAGMA journal_mode=WAL");
    });
    return std::nullopt;
  }
  std::optional<fs::path> aside;
  {
    WriteLock lock(file);
    const WriteGuard guard(lock);
    aside = set_aside(file);
    fs::rename(content.path(), file);
    flush_folder_of(file);
  }
  const Database opened(file);  // as every database is: with a log
  return aside;
}

}  // namespace ctt::store
