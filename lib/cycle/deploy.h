#pragma once

#include <chrono>
#include <string>

#include "store/state_context.h"

namespace ctt::cycle {

/// What a trader said when it was told that another model is desired.
enum class Nudge {
  confirmed,  ///< it serves that sha256 now
  refused,    ///< it did not take it and serves on what it had
  no_trader,  ///< nobody listens; a trader finds the difference when it starts
  no_answer,  ///< no answer in time; the trader finds the difference at its next bar
};

struct NudgeReport {
  Nudge outcome = Nudge::no_trader;
  std::string message;  ///< a sentence unless confirmed
  std::int64_t trader_pid = 0;
  double swap_us = 0;
};

/// Tells the schedule's trader to serve what the database says is desired, and records its answer:
/// confirmed (`continuous_model_deployed` is emitted) or refused. Nothing to do when the desired
/// model is confirmed already.
NudgeReport nudge(const store::StateContext& state, std::string_view schedule_id,
                  std::chrono::milliseconds wait);

}  // namespace ctt::cycle
