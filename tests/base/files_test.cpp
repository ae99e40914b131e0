#include "base/files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "base/error.h"
#include "base/sha256.h"
#include "support/scratch.h"

using namespace ctt::base;
using ctt::support::Scratch;

TEST_CASE("a published file has its content, its mode and nothing beside it") {
  const Scratch scratch;
  write_file_atomically(scratch / "model", "old", 0600);
  write_file_atomically(scratch / "model", "new", 0400);
  CHECK(read_file(scratch / "model") == "new");
  struct stat status {};
  REQUIRE(stat((scratch / "model").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0400);
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

TEST_CASE("a file larger than it may be is refused before it is read") {
  const Scratch scratch;
  ctt::support::write(scratch / "big", "0123456789");
  CHECK_THROWS_WITH_AS(read_file(scratch / "big", 4), doctest::Contains("has 10 bytes, more than the 4"),
                       Error);
  CHECK_THROWS_AS(read_file(scratch / "absent"), Error);
}

namespace {

/// A limit of this process, lowered for as long as this lives.
struct Lowered {
  Lowered(__rlimit_resource which, rlim_t most) : resource(which) {
    ::getrlimit(resource, &before);
    auto low = before;
    low.rlim_cur = most;
    ::setrlimit(resource, &low);
  }
  ~Lowered() { ::setrlimit(resource, &before); }
  Lowered(const Lowered&) = delete;
  Lowered& operator=(const Lowered&) = delete;

  __rlimit_resource resource;
  rlimit before{};
};

Failure failure_of_reading(const std::filesystem::path& file) {
  try {
    read_file(file);
  } catch (const Error& error) {
    return error.failure();
  }
  return Failure::findings;
}

}  // namespace

TEST_CASE("a pipe in a file's place is refused at once, not waited for") {
  const Scratch scratch;
  REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  // Where reading does wait for a writer, one comes after a second.
  const pid_t writer = fork();
  if (writer == 0) {
    ::sleep(1);
    _exit(::open((scratch / "pipe").c_str(), O_WRONLY) < 0 ? 1 : 0);
  }
  const auto began = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH_AS(read_file(scratch / "pipe"), doctest::Contains("it is not a regular file"), Error);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds(500));
  kill(writer, SIGKILL);
  waitpid(writer, nullptr, 0);
  CHECK_THROWS_WITH_AS(read_file(scratch.path()), doctest::Contains("it is a directory"), Error);
}

TEST_CASE("a machine without descriptors is not taken for a missing file") {
  const Scratch scratch;
  ctt::support::write(scratch / "there", "text");
  CHECK(failure_of_reading(scratch / "absent") == Failure::not_found);
  CHECK(failure_of_reading(scratch / "there" / "below a file") == Failure::not_found);
  {
    const Lowered none(RLIMIT_NOFILE, 3);
    CHECK(failure_of_reading(scratch / "there") == Failure::internal);
  }
  CHECK(read_file(scratch / "there") == "text");
}

// Writing beyond the limit fails as it does on a full disk.
TEST_CASE("a lock whose holder cannot be written down is held all the same") {
  const Scratch scratch;
  const auto file = scratch / "trade.lock";
  { const auto earlier = FileLock::try_acquire(file, "somebody else"); }
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    const Lowered none(RLIMIT_FSIZE, 0);
    std::optional<FileLock> lock;
    REQUIRE_NOTHROW(lock = FileLock::try_acquire(file, "ctt trade"));
    REQUIRE(lock);
    CHECK_FALSE(FileLock::try_acquire(file, "ctt trade flatten"));
    CHECK_FALSE(FileLock::holder(file));  // rather nobody than an earlier one
    lock.reset();
    CHECK_NOTHROW(FileLock::acquire(scratch / "new.lock", "ctt db check"));
  }
  std::signal(SIGXFSZ, handler);
}

TEST_CASE("a shorter holder leaves nothing of a longer one") {
  const Scratch scratch;
  { const auto earlier = FileLock::try_acquire(scratch / "lock", "a long command with many words"); }
  const auto lock = FileLock::try_acquire(scratch / "lock", "short");
  CHECK(FileLock::holder(scratch / "lock")->command == "short");
  CHECK(read_file(scratch / "lock").ends_with(" short\n"));
}

TEST_CASE("a lock has one holder, tells who, and is free again when its holder dies") {
  const Scratch scratch;
  const auto file = scratch / "training.lock";
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t other = fork();
  if (other == 0) {
    const auto lock = FileLock::try_acquire(file, "ctt train");
    const bool told = write(ready[1], lock ? "y" : "n", 1) == 1;
    pause();
    _exit(told ? 0 : 1);
  }
  char got = 0;
  REQUIRE(read(ready[0], &got, 1) == 1);
  REQUIRE(got == 'y');
  CHECK_FALSE(FileLock::try_acquire(file, "ctt cycle run").has_value());
  const auto holder = FileLock::holder(file);
  REQUIRE(holder.has_value());
  CHECK(holder->pid == other);
  CHECK(holder->command == "ctt train");
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  CHECK(FileLock::try_acquire(file, "ctt cycle run").has_value());
}

TEST_CASE("a lock tells whether it is held, whoever holds it, and looking at it is in nobody's way") {
  const Scratch scratch;
  const auto file = scratch / "trade-btc.lock";
  CHECK_FALSE(FileLock::is_held(file));  // and none is made by looking
  CHECK_FALSE(std::filesystem::exists(file));
  auto lock = FileLock::try_acquire(file, "ctt trade");
  CHECK(FileLock::is_held(file));
  // What the file tells is of no account: its process may be one that we cannot see.
  ctt::support::write(file, "4194304 2026-11-23T12:00:20Z ctt trade\n");
  CHECK(FileLock::is_held(file));

  std::atomic<bool> enough = false;
  std::thread looking([&] {
    while (!enough) FileLock::is_held(file);
  });
  for (int i = 0; i < 1000; ++i) {
    lock.reset();
    lock = FileLock::try_acquire(file, "ctt trade");
    REQUIRE(lock.has_value());
  }
  enough = true;
  looking.join();
  lock.reset();
  CHECK_FALSE(FileLock::is_held(file));
}

TEST_CASE("a lock that a child inherited is held until the child ends") {
  const Scratch scratch;
  const auto file = scratch / "training.lock";
  auto lock = FileLock::try_acquire(file, "ctt cycle run");
  const pid_t learner = fork();
  if (learner == 0) {
    pause();
    _exit(0);
  }
  lock.reset();
  CHECK(FileLock::is_held(file));
  kill(learner, SIGKILL);
  waitpid(learner, nullptr, 0);
  CHECK_FALSE(FileLock::is_held(file));
}

TEST_CASE("SHA-256 of the empty text and of abc are the published ones") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_FALSE(is_sha256("abc"));
}
