#pragma once

#include <sys/types.h>

#include <filesystem>

namespace ctt::base {

/// A file descriptor of ours, closed with this object; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }

  /// open(2), with O_CLOEXEC; none when that fails, and errno tells why.
  static Descriptor open(const std::filesystem::path& file, int flags, mode_t mode = 0);

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

  /// Closes it now; errno stays as it is.
  void reset() noexcept;
  /// Hands it to the caller, who closes it.
  int release() noexcept;

 private:
  int fd_ = -1;
};

}  // namespace ctt::base
