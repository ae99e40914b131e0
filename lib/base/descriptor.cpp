#include "base/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ctt::base {

Descriptor Descriptor::open(const std::filesystem::path& file, int flags, mode_t mode) {
  return Descriptor(::open(file.c_str(), flags | O_CLOEXEC, mode));
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void Descriptor::reset() noexcept {
  if (fd_ < 0) return;
  const int before = errno;
  ::close(release());
  errno = before;
}

int Descriptor::release() noexcept { return std::exchange(fd_, -1); }

}  // namespace ctt::base
