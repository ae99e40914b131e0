#pragma once

#include <cstdint>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// With `--json`, a long-running command prints what it appends to the event log, one object a
/// line: the same objects that a WebSocket client gets. Without `--json` it does nothing.
class EventEcho {
 public:
  explicit EventEcho(Context& context);
  /// Prints what has come since the last call.
  void flush();

 private:
  Context& context_;
  std::int64_t seq_ = 0;
};

}  // namespace ctt::cmd
