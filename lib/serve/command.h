#pragma once

#include <sys/types.h>

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/descriptor.h"

namespace ctt::serve {

/// A command of ours that was started by a request and belongs to nobody: in a session of its own, it
/// goes on when the server ends. Its standard output goes nowhere, its standard error is kept in memory.
class Command {
 public:
  struct End {
    int status = 0;  ///< exit status, 128 + signal when one ended it
    std::string code;
    std::string message;  ///< a sentence, when status is not 0; from `--json` on standard error
  };

  /// Throws Error(internal) when it cannot be started.
  explicit Command(const std::vector<std::string>& argv);
  Command(Command&& other) noexcept;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  pid_t pid() const { return pid_; }

  /// Waits for its end; nothing when asked to stop waiting before that.
  std::optional<End> wait(const std::stop_token& stop) const;

 private:
  std::string errors() const;

  pid_t pid_ = -1;
  base::Descriptor errors_;  // a file in memory
};

}  // namespace ctt::serve
