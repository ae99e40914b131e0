#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/descriptor.h"
#include "base/durability.h"

namespace ctt::base {

/// The whole content of a regular file. Throws Error(not_found) when it is not there, not regular or not
/// ours to read, Error(integrity) when it is larger than `size_max_bytes`, Error(internal) when the machine
/// cannot open or read it at the moment.
std::string read_file(const std::filesystem::path& file, std::size_t size_max_bytes = std::size_t{1} << 30);

/// Whether there is a file or folder of that name, as far as we may look: a folder that is closed to us, as
/// the current one of whoever called sudo may be, has nothing for us.
bool is_there(const std::filesystem::path& file);

/// Publishes `bytes` as `file`: written beside it, flushed, renamed, the folder flushed. A reader
/// sees the old file or the whole new one; a crash leaves at most a `.tmp-` file. Nothing is flushed when it is
/// `relaxed`: after a power failure the file may be missing, empty or torn.
/// Throws Error(internal) that names the file and the system's reason.
void write_file_atomically(const std::filesystem::path& file, std::string_view bytes, mode_t mode = 0600,
                           Durability durability = Durability::synced);

/// Makes the directory (and its parents) with mode 0700 where it is missing.
/// Throws Error(internal) when that fails.
void make_directory(const std::filesystem::path& directory);

/// An exclusive lock on a file, held for this object's life (flock, so a crash releases it, and a
/// child that inherits the descriptor keeps it until it ends too). The file holds who took it, or nothing
/// where the disk has no room for that. A write lock of the same open file (F_OFD_SETLK) stands beside it
/// from when that is written: flock cannot be looked at without being tried, and whoever tries it is in the
/// way of whoever wants it.
class FileLock {
 public:
  struct Holder {
    pid_t pid = 0;
    std::string command;  ///< as given to try_acquire
    std::string since;    ///< RFC 3339
  };

  /// The lock, or nothing when somebody else holds it.
  static std::optional<FileLock> try_acquire(const std::filesystem::path& file, std::string_view command);

  /// Waits for the lock.
  static FileLock acquire(const std::filesystem::path& file, std::string_view command);

  /// Whether somebody holds `file`; then what the file tells is the holder's. Looking takes nothing, so
  /// whoever wants the lock at that moment gets it. It is the kernel that is asked: a holder whose process
  /// is hidden from us (another service's, under `ProtectProc=invisible`) counts like any other.
  static bool is_held(const std::filesystem::path& file);

  /// Who took `file` last, as far as the file tells; empty when it tells nothing.
  static std::optional<Holder> holder(const std::filesystem::path& file);

  /// Who holds `file` now; empty when nobody does, or the file does not tell who.
  static std::optional<Holder> present_holder(const std::filesystem::path& file);

  /// The locked descriptor, for a child to inherit.
  int descriptor() const { return descriptor_.get(); }

 private:
  explicit FileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  Descriptor descriptor_;
};

}  // namespace ctt::base
