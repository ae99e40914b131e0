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
#include "base/temporary.h"
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

TEST_CASE("a file that cannot be published is named, and what was there stays") {
  const Scratch scratch;
  CHECK_THROWS_WITH_AS(write_file_atomically(scratch / "nowhere" / "model", "new"),
                       doctest::Contains("cannot create"), Error);
  ctt::support::write(scratch / "file", "old");
  CHECK_THROWS_AS(write_file_atomically(scratch / "file" / "model", "new"), Error);
  // A folder of that name: the new file cannot take its place.
  std::filesystem::create_directories(scratch / "folder" / "full");
  CHECK_THROWS_WITH_AS(write_file_atomically(scratch / "folder", "new"),
                       doctest::Contains("cannot rename a new file to"), Error);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    const Lowered small(RLIMIT_FSIZE, 4);  // as a disk with room for four bytes
    CHECK_THROWS_WITH_AS(write_file_atomically(scratch / "file", "newer"), doctest::Contains("cannot write"),
                         Error);
  }
  std::signal(SIGXFSZ, handler);
  CHECK(read_file(scratch / "file") == "old");
}

TEST_CASE("a reader sees the old file or the new one, and never a part") {
  const Scratch scratch;
  const auto file = scratch / "model";
  const std::string old(100'000, 'o'), now(200'000, 'n');
  write_file_atomically(file, old);
  std::atomic<bool> enough = false;
  std::thread writing([&] {
    for (bool turn = true; !enough; turn = !turn) write_file_atomically(file, turn ? now : old);
  });
  for (int i = 0; i < 50; ++i) {
    const auto seen = read_file(file);
    REQUIRE((seen == old || seen == now));
  }
  enough = true;
  writing.join();
}

TEST_CASE("a file in the making lies beside its place, under its writer's name") {
  const Scratch scratch;
  const Lowered none(RLIMIT_NOFILE, 0);
  try {
    write_file_atomically(scratch / "model", "new");
    FAIL("there was no descriptor for it");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find(temporary_beside(scratch / "model").string()) != std::string::npos);
  }
}

TEST_CASE("an empty file and one of any bytes are read as they are") {
  const Scratch scratch;
  const std::string bytes("\0\xff\n\r\0", 5);
  write_file_atomically(scratch / "bytes", bytes);
  write_file_atomically(scratch / "empty", "");
  CHECK(read_file(scratch / "bytes") == bytes);
  CHECK(read_file(scratch / "empty").empty());
  CHECK(read_file(scratch / "bytes", 5) == bytes);  // exactly as large as it may be
}

TEST_CASE("a directory is made with its parents, for its owner alone, and one that is there is left alone") {
  const Scratch scratch;
  make_directory(scratch / "a" / "b");
  struct stat status {};
  for (const char* made : {"a", "a/b"}) {
    REQUIRE(stat((scratch / made).c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
  }
  std::filesystem::permissions(scratch / "a", std::filesystem::perms(0750));
  make_directory(scratch / "a");
  REQUIRE(stat((scratch / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0750);
  ctt::support::write(scratch / "file", "");
  CHECK_THROWS_WITH_AS(make_directory(scratch / "file" / "b"),
                       doctest::Contains("cannot create the directory"), Error);
}

TEST_CASE("a file or folder is there or it is not, below a file neither") {
  const Scratch scratch;
  ctt::support::write(scratch / "file", "");
  CHECK(is_there(scratch / "file"));
  CHECK(is_there(scratch.path()));
  CHECK_FALSE(is_there(scratch / "absent"));
  CHECK_FALSE(is_there(scratch / "file" / "below"));
}

TEST_CASE("whoever waits for a lock gets it when its holder lets go") {
  const Scratch scratch;
  auto held = FileLock::try_acquire(scratch / "lock", "first");
  std::atomic<bool> got = false;
  std::thread waiting([&] {
    const auto lock = FileLock::acquire(scratch / "lock", "second");
    got = true;
    CHECK(FileLock::holder(scratch / "lock")->command == "second");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK_FALSE(got);
  held.reset();
  waiting.join();
  CHECK(got);
}

TEST_CASE("a lock that was moved is held by the new owner alone") {
  const Scratch scratch;
  auto lock = FileLock::try_acquire(scratch / "lock", "ctt");
  {
    const FileLock owner = std::move(*lock);
    lock.reset();
    CHECK(FileLock::is_held(scratch / "lock"));
  }
  CHECK_FALSE(FileLock::is_held(scratch / "lock"));
}

TEST_CASE(
    "a lock in a place that is not there is refused by name, and a file that tells no holder has none") {
  const Scratch scratch;
  CHECK_THROWS_WITH_AS(FileLock::try_acquire(scratch / "nowhere" / "lock", "ctt"),
                       doctest::Contains("cannot open the lock"), Error);
  CHECK_FALSE(FileLock::holder(scratch / "absent"));
  CHECK_FALSE(FileLock::holder(ctt::support::write(scratch / "odd", "what is this")));
}
