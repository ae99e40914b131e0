#pragma once

#include "store/migrations.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctt::store {

/// Read-write makes the file where there is none (mode 0600) and brings an older schema up to date;
/// read-only asks for a file that is there and has this program's schema.
enum class Access { read_write, read_only };

/// One connection to ctt's database.
///
/// Open it where it is needed, read through the functions of `store::experiments`,
/// `store::cycles` and so on, change through a Transaction. WAL, synchronous=FULL, foreign keys
/// on. Writers of all processes take turns on `<file>.lock`, so that none meets "database is
/// locked"; the WAL is emptied under that lock only and never by SQLite itself.
///
/// Refuses, and changes nothing: a file that is no ctt database, has a newer schema or 0 bytes
/// (Error(integrity)), a place that cannot be written (Error(internal)), no file when read-only
/// (Error(not_found)).
///
/// One thread at a time; each thread opens its own. Not to be used across a fork.
class Database {
 public:
  explicit Database(const std::filesystem::path& file, Access access = Access::read_write,
                    std::span<const Migration> steps = migrations());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::filesystem::path& file() const;
  Access access() const;
  int schema() const;

  /// A number that changes when another connection has committed: cheap to poll.
  std::int64_t data_version();

  /// What is wrong with the content, one sentence each; empty when nothing is.
  std::vector<std::string> check();

  /// Writes a consistent copy, mode 0600, atomically; others may go on writing.
  /// Throws Error(usage) when `copy` exists, Error(internal) when it cannot be written.
  void back_up(const std::filesystem::path& copy);

  /// Empties the WAL into the file, waiting a moment for readers; false when one was in the way.
  bool checkpoint();

  struct Connection;  ///< the SQLite handle, its statements and the lock; lives in the .cpp files
  Connection& connection() { return *connection_; }

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace ctt::store
