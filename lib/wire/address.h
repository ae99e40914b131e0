#pragma once

#include <filesystem>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/descriptor.h"

namespace ctt::wire {

/// The address of a Unix socket file, of any length of directory.
///
/// The kernel takes at most 107 bytes. A longer path is reached through an open descriptor of its
/// directory (`/proc/self/fd/5/trade-btc.sock`), which works without changing the process's
/// working directory. The object keeps that descriptor and must outlive bind and connect.
class Address {
 public:
  /// Throws Error(not_found) when the directory is not there, Error(usage) when even the file's
  /// name alone is too long.
  explicit Address(const std::filesystem::path& socket);
  Address(const Address&) = delete;
  Address& operator=(const Address&) = delete;

  const sockaddr* get() const;
  socklen_t size() const;

  int directory() const { return directory_.get(); }
  const std::string& name() const { return name_; }

 private:
  base::Descriptor directory_;
  std::string name_;
  sockaddr_un address_{};
};

}  // namespace ctt::wire
