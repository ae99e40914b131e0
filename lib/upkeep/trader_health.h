#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::upkeep {

/// What the trader of a schedule says of itself, for whoever watches. Everything else about it stands in the
/// database and in its lock: see `trader_conditions`.
struct TraderHealth {
  bool silent = false;                   ///< it listens, and gave no answer that can be read in time
  std::optional<double> books_unread_s;  ///< since when the broker's books could not be read; absent: unknown
  std::optional<double> stream_refusals;  ///< connections that its streams were refused; absent: unknown
  bool keys_refused = false;              ///< the broker refuses its keys
  std::optional<std::string> account_barred{};   ///< why the account may not trade
  std::optional<std::string> flatten_problem{};  ///< what keeps a flatten from its end
  std::int64_t probation_left = 0;               ///< decisions until the model is no more on trial
};

/// Asks the trader of a schedule and waits at most `patience`. Where none listens there is nothing to tell.
TraderHealth trader_health(const base::Home& home, const store::Schedule& schedule,
                           std::chrono::milliseconds patience);

}  // namespace ctt::upkeep
