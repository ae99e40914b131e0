#pragma once

#include <atomic>

namespace ctt::base {

/// What the operator asked of this process by signals. SIGINT and SIGTERM are counted: the first
/// asks to finish the step and save, the second to stop now. SIGUSR1 asks for one line of progress.
class Signals {
 public:
  /// Takes over SIGINT, SIGTERM and SIGUSR1, and ignores SIGPIPE. Called once, by main.
  static void install();

  /// The same, but no thread that is made from here on is ever interrupted, nor is the caller: what came is
  /// noted when somebody asks. For programs with oneDNN: a handler in the middle of the code that it writes
  /// for matrix products (seen with 2.6 on AVX-512) leaves the memory corrupted.
  static void install_held();

  /// The last of SIGINT and SIGTERM that arrived, or 0.
  static int stop_signal();
  static int stop_count();
  /// True once for each SIGUSR1.
  static bool take_progress_request();
};

}  // namespace ctt::base
