#include "base/files.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

TEST_CASE("SHA-256 of the empty text and of abc are the published ones") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_FALSE(is_sha256("abc"));
}
