#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace ctt::base {

/// Which process: its pid, and what tells it from a later one that got the same pid.
///
/// In a row of the database the pid has a column of its own; `text()` is what stands beside it.
struct ProcessId {
  enum class Life { alive, dead, unknown };

  std::int64_t pid = 0;
  std::string boot;               ///< the kernel's id of this boot; empty when not known
  std::uint64_t start_ticks = 0;  ///< from boot to its start, in clock ticks; 0 when not known

  /// This process.
  static ProcessId current();
  /// The process that has this pid now. Nothing when there is none, when it has ended and only waits for its
  /// parent, and when /proc does not show it (another user's, under `ProtectProc=invisible`).
  static std::optional<ProcessId> find(std::int64_t pid);
  /// Of a pid and what `text()` wrote; any other text tells nothing beyond the pid.
  static ProcessId parse(std::int64_t pid, std::string_view text);

  /// `<boot>/<start_ticks>`; empty when not known.
  std::string text() const;

  /// Whether another process is seen to have its pid by now, which proves that it has ended.
  bool is_replaced() const;

  /// Judged by the pid, with the boot and the start as far as they are known: `unknown` when somebody has
  /// the pid and it cannot be told who. Where the process holds a lock for life, the lock says more.
  Life life() const;
};

/// A process that stays the one it was when this was made, whatever becomes of its pid (pidfd_open(2)). Where the
/// system has no such handles, or forbids them to a container, the pid alone stands for it.
class ProcessHandle {
 public:
  explicit ProcessHandle(std::int64_t pid);

  /// False when there is no such process.
  explicit operator bool() const { return there_; }
  /// 0, or what stands in the way, a number of errno(3).
  int send(int signal) const;
  /// Readable once the process has ended; -1 where the system has no handles.
  int descriptor() const { return descriptor_.get(); }

 private:
  std::int64_t pid_;
  Descriptor descriptor_;
  bool there_;
};

}  // namespace ctt::base
