#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/descriptor.h"
#include "store/database.h"

// For the .cpp files of this folder only: what stands behind a Database.

namespace ctt::store {

/// The lock under which all writers of all processes take turns: flock on `<database>.lock`.
/// The descriptor stays open between turns; a crash releases it.
class WriteLock {
 public:
  /// Throws Error(internal) when the lock file cannot be made.
  explicit WriteLock(const std::filesystem::path& database);
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

  /// Waits its turn, at most `wait`. Throws Error(busy).
  void acquire(std::chrono::milliseconds wait = std::chrono::seconds(30));
  void release() noexcept;

 private:
  std::filesystem::path database_;
  base::Descriptor descriptor_;
};

/// Holds a WriteLock for a scope.
class WriteGuard {
 public:
  explicit WriteGuard(WriteLock& lock) : lock_(lock) { lock_.acquire(); }
  ~WriteGuard() { lock_.release(); }
  WriteGuard(const WriteGuard&) = delete;
  WriteGuard& operator=(const WriteGuard&) = delete;

 private:
  WriteLock& lock_;
};

/// A file in the making beside the one it is to become: empty at first, mode 0600, and gone with this
/// object unless it was renamed.
class TempDatabase {
 public:
  /// Throws Error(internal) when the place cannot be written.
  explicit TempDatabase(const std::filesystem::path& file);
  ~TempDatabase();
  TempDatabase(const TempDatabase&) = delete;
  TempDatabase& operator=(const TempDatabase&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Database::Connection {
  Connection(std::filesystem::path path, Access wanted);

  SQLite::Database& sqlite() { return *handle; }
  std::int64_t pragma(const char* name);  ///< an integer one
  bool empty_wal();                       ///< with the write lock held

  /// A statement from the cache, or a new one; `give_back` returns it.
  std::unique_ptr<SQLite::Statement> take(std::string_view sql);
  void give_back(std::string_view sql, std::unique_ptr<SQLite::Statement> statement) noexcept;

  std::filesystem::path file;
  Access access;
  pid_t owner;                    ///< the process that opened it
  std::optional<WriteLock> lock;  ///< read-write only
  std::optional<SQLite::Database> handle;
  bool in_transaction = false;
  std::uintmax_t wal_left_bytes = 0;  ///< what a checkpoint had to leave because of a reader

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::vector<std::unique_ptr<SQLite::Statement>>, Hash, std::equal_to<>>
      statements_;
};

/// Turns what SQLite said about `file` into a base::Error: busy, integrity or internal.
[[noreturn]] void fail(const SQLite::Exception& error, const std::filesystem::path& file);

/// Calls `work` and turns SQLite's exceptions into ours.
template <class Work>
decltype(auto) guarded(const std::filesystem::path& file, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    fail(error, file);
  }
}

/// Marks the file as ctt's: `PRAGMA application_id`, the letters "ctt1".
inline constexpr std::int64_t kApplicationId = 0x63747431;

}  // namespace ctt::store
