#include "wire/address.h"

#include "base/system_error.h"

#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>

namespace ctt::wire {

namespace {

constexpr std::size_t kPathMaxBytes = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

Address::Address(const std::filesystem::path& socket) : name_(socket.filename().string()) {
  const auto folder = socket.has_parent_path() ? socket.parent_path() : std::filesystem::path(".");
  // No O_PATH: modes are set and files are removed through this descriptor too.
  directory_ = base::Descriptor::open(folder, O_RDONLY | O_DIRECTORY);
  if (!directory_)
    throw base::system_error(fmt::format("open {}", folder.string()), errno, base::Failure::not_found);
  auto path = (folder / name_).string();
  if (path.size() > kPathMaxBytes) path = fmt::format("/proc/self/fd/{}/{}", directory(), name_);
  if (path.size() > kPathMaxBytes) {
    throw base::Error(
        base::Failure::usage,
        fmt::format("the socket name {} has {} bytes, {} too many: give the schedule a shorter name", name_,
                    name_.size(), path.size() - kPathMaxBytes));
  }
  address_.sun_family = AF_UNIX;
  std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
}

const sockaddr* Address::get() const { return reinterpret_cast<const sockaddr*>(&address_); }

socklen_t Address::size() const {
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(address_.sun_path) + 1);
}

}  // namespace ctt::wire
