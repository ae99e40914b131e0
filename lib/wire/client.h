#pragma once

#include "wire/message.h"

#include <chrono>
#include <filesystem>
#include <string>

namespace ctt::wire {

/// What came of a request.
enum class CallOutcome {
  answered,          ///< the answer is yes
  refused,           ///< the answer is no: nothing was changed
  nobody_listening,  ///< there is no socket, or a dead process left it
  timed_out,  ///< asked, but no answer came in time or the peer went away: it may have been done or not
};

std::string_view name(CallOutcome outcome);

struct Reply {
  CallOutcome outcome = CallOutcome::nobody_listening;
  std::string body;     ///< the whole answer as JSON; of answered and refused
  std::string code;     ///< of refused
  std::string message;  ///< of refused: a sentence; of the others that failed: what was met
  bool ok() const { return outcome == CallOutcome::answered; }
};

/// Asks whoever listens on `socket` and waits at most `timeout`, connecting included.
/// Throws Error(usage) for a request that cannot be sent, Error(unreachable) when the socket may not
/// be used (permissions) or speaks something else.
Reply ask(const std::filesystem::path& socket, const Request& request, std::chrono::milliseconds timeout);

}  // namespace ctt::wire
