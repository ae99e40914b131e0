#include "store/connection.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "base/system_error.h"
#include "base/temporary.h"

namespace ctt::store {

using base::Error;
using base::Failure;

WriteLock::WriteLock(const std::filesystem::path& database) : database_(database) {
  const auto file = database.string() + ".lock";
  descriptor_ = base::Descriptor::open(file, O_RDWR | O_CREAT, 0600);
  if (!descriptor_) {
    throw Error(Failure::internal,
                fmt::format("cannot write the database {}: its lock file {} does not open ({})",
                            database.string(), file, std::strerror(errno)))
        .fix(fmt::format("ls -ld {}", database.parent_path().string()));
  }
}

void WriteLock::acquire(std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw base::system_error(fmt::format("lock {}.lock", database_.string()));
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Error(Failure::busy,
                  fmt::format("another process has been writing to {} for {} s", database_.string(),
                              std::chrono::duration_cast<std::chrono::seconds>(wait).count()))
          .fix(fmt::format("fuser -v {}.lock", database_.string()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void WriteLock::release() noexcept { ::flock(descriptor_.get(), LOCK_UN); }

TempDatabase::TempDatabase(const std::filesystem::path& file) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  auto place = base::temporary_beside(folder / file.filename()).string() + "-XXXXXX";
  const base::Descriptor made(::mkostemp(place.data(), O_CLOEXEC));
  if (!made) {
    throw base::system_error(fmt::format("write the database {}", file.string()))
        .fix(fmt::format("ls -ld {}", folder.string()));
  }
  path_ = std::move(place);
}

TempDatabase::~TempDatabase() { ::unlink(path_.c_str()); }

Database::Connection::Connection(std::filesystem::path path, Access wanted)
    : file(std::move(path)), access(wanted), owner(::getpid()) {}

std::int64_t Database::Connection::pragma(const char* name) {
  return guarded(file, [&] { return sqlite().execAndGet(fmt::format("PRAGMA {}", name)).getInt64(); });
}

bool Database::Connection::empty_wal() {
  // Readers are waited for only a moment: the next commit tries again.
  sqlite3_busy_timeout(sqlite().getHandle(), 100);
  const int result =
      sqlite3_wal_checkpoint_v2(sqlite().getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(sqlite().getHandle(), 5000);
  return result == SQLITE_OK;
}

std::unique_ptr<SQLite::Statement> Database::Connection::take(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end() && !found->second.empty()) {
    auto statement = std::move(found->second.back());
    found->second.pop_back();
    return statement;
  }
  return std::make_unique<SQLite::Statement>(sqlite(), std::string(sql));
}

void Database::Connection::give_back(std::string_view sql,
                                     std::unique_ptr<SQLite::Statement> statement) noexcept {
  statement->tryReset();
  try {
    if (const auto found = statements_.find(sql); found != statements_.end()) {
      found->second.push_back(std::move(statement));
    } else {
      statements_[std::string(sql)].push_back(std::move(statement));
    }
  } catch (const std::bad_alloc&) {
    // A statement that is not kept is prepared again.
  }
}

void fail(const SQLite::Exception& error, const std::filesystem::path& file) {
  const std::string_view said = error.what();
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(Failure::busy, fmt::format("another program keeps the database {} locked", file.string()))
          .fix(fmt::format("fuser -v {}", file.string()));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw Error(Failure::integrity, fmt::format("the database {} is damaged: {}", file.string(), said))
          .fix("ctt db check")
          .fix("ctt db restore --help");
    case SQLITE_FULL:
      throw Error(Failure::internal, fmt::format("the disk of the database {} is full", file.string()))
          .fix(fmt::format("df -h {}", file.parent_path().string()));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(Failure::internal, fmt::format("cannot write the database {}: {}", file.string(), said))
          .fix(fmt::format("ls -ld {}", file.string()));
    default:
      throw Error(Failure::internal, fmt::format("the database {} said: {}", file.string(), said));
  }
}

}  // namespace ctt::store
