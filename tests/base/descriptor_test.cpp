#include "base/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/system_error.h"
#include "support/scratch.h"

using namespace ctt::base;
using ctt::support::Scratch;

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a descriptor is closed with its object, and not inherited by a program") {
  const Scratch scratch;
  int fd = -1;
  {
    const auto file = Descriptor::open(scratch / "file", O_WRONLY | O_CREAT, 0600);
    REQUIRE(file);
    fd = file.get();
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("a descriptor has one owner: moving hands it over and closes what was there") {
  const Scratch scratch;
  auto first = Descriptor::open(scratch / "first", O_WRONLY | O_CREAT, 0600);
  auto second = Descriptor::open(scratch / "second", O_WRONLY | O_CREAT, 0600);
  const int kept = first.get();
  const int closed = second.get();
  second = std::move(first);
  CHECK(second.get() == kept);
  CHECK(is_open(kept));
  CHECK_FALSE(is_open(closed));
  const int released = second.release();
  CHECK_FALSE(second);
  CHECK(is_open(released));
  ::close(released);
}

TEST_CASE("what could not be opened is none, and errno tells why, also after a close") {
  const auto none = Descriptor::open("/nowhere/file", O_RDONLY);
  CHECK_FALSE(none);
  CHECK(errno == ENOENT);
  Descriptor wrong(1'000'000);  // closing it fails with EBADF
  errno = ENOENT;
  wrong.reset();
  CHECK(errno == ENOENT);
}

TEST_CASE("a failed call is told with what was tried and the system's reason") {
  errno = EACCES;
  const auto error = system_error("open the lock /run/x");
  CHECK(std::string(error.what()) == "cannot open the lock /run/x: Permission denied");
  CHECK(error.failure() == Failure::internal);
  CHECK(system_error("use x", ENOENT, Failure::unreachable).failure() == Failure::unreachable);
}
