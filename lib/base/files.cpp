#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/system_error.h"
#include "base/temporary.h"
#include "base/time.h"

namespace ctt::base {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(std::string_view doing, const fs::path& file, int reason = errno) {
  throw system_error(fmt::format("{} {}", doing, file.string()), reason);
}

void write_all(int fd, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", file);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// What is not there, or not ours to read, is one thing; a machine without descriptors, memory or a disk that
// answers is another, and passes.
[[noreturn]] void fail_to_read(const fs::path& file) {
  const int reason = errno;
  const bool of_the_file = reason == ENOENT || reason == ENOTDIR || reason == EACCES || reason == EPERM ||
                           reason == ELOOP || reason == ENAMETOOLONG;
  throw system_error(fmt::format("read {}", file.string()), reason,
                     of_the_file ? Failure::not_found : Failure::internal);
}

// How many bytes came before the end of the file.
std::size_t read_all(int fd, std::string& into, const fs::path& file) {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t read = ::read(fd, into.data() + got, into.size() - got);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail_to_read(file);
    if (read == 0) break;
    got += static_cast<std::size_t>(read);
  }
  return got;
}

// One line of who holds the lock: pid, time, command. It only informs: a disk that has no room for it is no
// reason to be without the lock. Overwritten in place, which a full disk allows, before it is cut to length.
void write_holder(int fd, std::string_view command) {
  const auto line = fmt::format("{} {} {}\n", ::getpid(), to_rfc3339(SystemClock().now()), command);
  const auto size = static_cast<ssize_t>(line.size());
  const bool written = ::pwrite(fd, line.data(), line.size(), 0) == size;
  [[maybe_unused]] const int cut =
      ::ftruncate(fd, written ? size : 0);  // rather nobody than an earlier holder
}

struct flock whole_file() {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return range;
}

// What `is_held` looks for. It goes with the same close that releases the flock, so none is in its way.
void mark_held(int fd, const fs::path& file) {
  auto range = whole_file();
  if (::fcntl(fd, F_OFD_SETLK, &range) != 0) fail("mark as held", file);
}

Descriptor open_lock(const fs::path& file) {
  auto lock = Descriptor::open(file, O_RDWR | O_CREAT, 0600);
  if (!lock) fail("open the lock", file);
  return lock;
}

}  // namespace

std::string read_file(const fs::path& file, std::size_t size_max_bytes) {
  const auto in = Descriptor::open(file, O_RDONLY | O_NONBLOCK);  // opening a pipe would wait for its writer
  struct stat status {};
  if (!in || ::fstat(in.get(), &status) != 0) fail_to_read(file);
  if (!S_ISREG(status.st_mode))
    throw Error(Failure::not_found,
                fmt::format("cannot read {}: it is {}", file.string(),
                            S_ISDIR(status.st_mode) ? "a directory" : "not a regular file"));
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  if (size > size_max_bytes) {
    throw Error(Failure::integrity, fmt::format("{} has {} bytes, more than the {} it may have",
                                                file.string(), size, size_max_bytes));
  }
  std::string bytes(size, '\0');
  if (const auto got = read_all(in.get(), bytes, file); got != size) {
    throw Error(Failure::not_found,
                fmt::format("cannot read {}: it ended after {} of {} bytes", file.string(), got, size));
  }
  return bytes;
}

bool is_there(const fs::path& file) {
  std::error_code closed;
  return fs::exists(file, closed);
}

void write_file_atomically(const fs::path& file, std::string_view bytes, mode_t mode, Durability durability) {
  const bool synced = durability == Durability::synced;
  const auto beside = temporary_beside(file);
  {
    const auto out = Descriptor::open(beside, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!out) fail("create", beside);
    write_all(out.get(), bytes, beside);
    if (::fchmod(out.get(), mode) != 0) fail("set the mode of", beside);
    if (synced && ::fsync(out.get()) != 0) fail("flush", beside);
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) fail("rename a new file to", file);
  if (!synced) return;
  const auto folder = Descriptor::open(file.parent_path().empty() ? fs::path(".") : file.parent_path(),
                                       O_RDONLY | O_DIRECTORY);
  if (!folder || ::fsync(folder.get()) != 0) fail("flush the folder of", file);
}

void make_directory(const fs::path& directory) {
  if (fs::is_directory(directory)) return;
  if (directory.has_parent_path() && directory.parent_path() != directory)
    make_directory(directory.parent_path());
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) fail("create the directory", directory);
}

std::optional<FileLock> FileLock::try_acquire(const fs::path& file, std::string_view command) {
  FileLock lock(open_lock(file));
  if (::flock(lock.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    fail("lock", file);
  }
  write_holder(lock.descriptor(), command);
  mark_held(lock.descriptor(), file);
  return lock;
}

FileLock FileLock::acquire(const fs::path& file, std::string_view command) {
  FileLock lock(open_lock(file));
  while (::flock(lock.descriptor(), LOCK_EX) != 0) {
    if (errno != EINTR) fail("lock", file);
  }
  write_holder(lock.descriptor(), command);
  mark_held(lock.descriptor(), file);
  return lock;
}

bool FileLock::is_held(const fs::path& file) {
  const auto looked_at = Descriptor::open(file, O_RDONLY);
  if (!looked_at) {
    if (errno == ENOENT) return false;
    fail("open the lock", file);
  }
  auto range = whole_file();
  if (::fcntl(looked_at.get(), F_OFD_GETLK, &range) != 0) fail("look at the lock", file);
  return range.l_type != F_UNLCK;
}

std::optional<FileLock::Holder> FileLock::holder(const fs::path& file) {
  std::ifstream in(file);
  Holder holder;
  if (!(in >> holder.pid >> holder.since)) return std::nullopt;
  std::getline(in >> std::ws, holder.command);
  return holder;
}

std::optional<FileLock::Holder> FileLock::present_holder(const fs::path& file) {
  if (!is_held(file)) return std::nullopt;
  auto told = holder(file);
  return told && told->pid > 0 ? told : std::nullopt;
}

}  // namespace ctt::base
