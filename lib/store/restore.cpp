#include "store/restore.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/files.h"
#include "store/database_copy.h"
#include "store/schema_upgrade.h"

namespace ctt::store {

using base::Error;
using base::Failure;
namespace fs = std::filesystem;

namespace {

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
    copy_into_file(empty, source);
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
