#include "store/database_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <algorithm>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/time.h"

namespace ctt::store {

namespace fs = std::filesystem;

namespace {

void flush(const fs::path& file, int flags) {
  const auto opened = base::Descriptor::open(file, flags);
  if (!opened || ::fsync(opened.get()) != 0)
    throw base::Error(base::Failure::internal, fmt::format("cannot flush {}", file.string()));
}

}  // namespace

// A step that stops halfway, because another program holds a lock, is no copy.
void copy_all(SQLite::Database& to, SQLite::Database& from) {
  SQLite::Backup copy(to, from);
  if (copy.executeStep(-1) != SQLITE_DONE) throw SQLite::Exception("another program holds it", SQLITE_BUSY);
}

void copy_into_file(const fs::path& empty, SQLite::Database& source) {
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

void copy_to_file(Database::Connection& connection, const fs::path& copy) {
  const TempDatabase temporary(copy);
  copy_into_file(temporary.path(), connection.sqlite());
  fs::rename(temporary.path(), copy);
  flush_folder_of(copy);
}

void flush_folder_of(const fs::path& file) {
  flush(fs::absolute(file).parent_path(), O_RDONLY | O_DIRECTORY);
}

std::string stamp() {
  auto text = base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(base::SystemClock().now()));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

fs::path free_place(const fs::path& folder, const std::string& name, std::string_view ending) {
  auto place = folder / fmt::format("{}{}", name, ending);
  for (int number = 2; fs::exists(place); ++number)
    place = folder / fmt::format("{}-{}{}", name, number, ending);
  return place;
}

}  // namespace ctt::store
