#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"

namespace ctt::base {

/// How a child process ended.
struct ChildExit {
  int status = 0;          ///< exit status, when it exited by itself
  int signal = 0;          ///< the signal that ended it, or 0
  bool timed_out = false;  ///< we ended it because its deadline had passed
  bool ok() const { return status == 0 && signal == 0; }
  std::string describe() const;  ///< `exit 3`, `killed by signal 9`, `ended after its deadline`
};

/// A child process whose standard output comes back line by line.
///
/// The child gets its own process group, dies with its parent (PR_SET_PDEATHSIG) and inherits the
/// descriptors named, nothing else. Destroying a Child that still runs kills it.
/// One thread at a time.
class Child {
 public:
  struct Options {
    std::vector<std::string> argv;             ///< argv[0] is looked up in PATH unless it has a slash
    std::filesystem::path stderr_file{};       ///< where its standard error goes; empty: to ours
    std::vector<int> inherited_descriptors{};  ///< kept open in the child
    bool errors_with_output = false;  ///< its standard error comes back with its output, not to the file
    bool takes_input = false;         ///< what `write_line` says is its standard input, instead of ours
  };

  /// Starts it. Throws Error(internal) when the program cannot be started.
  explicit Child(const Options& options);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }

  /// The next line of its output without the newline; nothing when `wait` passed without one or
  /// the output ended (`output_ended()` tells which).
  std::optional<std::string> read_line(std::chrono::milliseconds wait);
  bool output_ended() const { return ended_; }

  /// A line of its input. Throws Error(internal) when it has ended or closed that (SIGPIPE is to be ignored).
  void write_line(std::string_view line);

  /// Asks it to end (SIGTERM) and does not wait.
  void ask_to_stop();

  /// Asks it to end (SIGTERM) and, when it has not after `grace`, makes it (SIGKILL).
  void stop(std::chrono::milliseconds grace);

  /// Whether it ends within `wait`.
  bool ends_within(std::chrono::milliseconds wait);

  /// Waits until it has ended and says how.
  ChildExit wait();

 private:
  bool reap(bool block);

  pid_t pid_ = -1;
  Descriptor output_;
  Descriptor input_;
  std::string pending_;
  bool ended_ = false;
  std::optional<ChildExit> exit_;
};

}  // namespace ctt::base
