#pragma once

#include <string_view>

namespace ctt::store {

/// Where orders, fills and equity of a schedule come from. A replay trades on a simulated account: what it did
/// tells nothing of the broker's account and never mixes with that.
enum class TradingOrigin {
  trader,   ///< sessions on the broker's account; all sessions while there was none on any
  replays,  ///< sessions on a simulated account
};

/// The ids of those sessions of schedule ?1, as a set in a statement.
constexpr std::string_view sql_session_ids(TradingOrigin origin) {
  return origin == TradingOrigin::replays
             ? "(SELECT id FROM live_sessions WHERE schedule_id = ?1 AND account = '')"
             : "(SELECT id FROM live_sessions WHERE schedule_id = ?1 AND (account <> '' OR NOT EXISTS "
               "(SELECT 1 FROM live_sessions WHERE schedule_id = ?1 AND account <> '')))";
}

}  // namespace ctt::store
