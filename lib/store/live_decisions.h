#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// What the trader did on one bar, and by which policy.
struct LiveDecision {
  std::string session_id{};
  base::Seconds bar_open_time{};
  std::int64_t step = 0;  ///< bar number within the session
  std::int64_t model_version = 0;
  std::string model_sha256{};
  int action = 0;  ///< of the policy; the scheme or a limit may have made another side of it
  Side side = Side::none;
  double price = 0;
  double equity = 0;
  double position = 0;                  ///< base units, after the bar
  std::optional<std::string> reason{};  ///< what overrode the policy: scheme, halted, stale_data, ...
  base::Instant decided_at{};
};

/// Equity over time, for curves.
struct EquityPoint {
  base::Seconds at{};
  double equity = 0;
  std::int64_t model_version = 0;
};

/// The oldest bar that a session decided on with a model.
struct FirstBar {
  std::int64_t model_version = 0;
  base::Seconds at{};
};

namespace live_decisions {

/// Stores decisions; one that is there for its session and bar stays. Returns how many were new.
std::size_t append(Transaction& change, std::span<const LiveDecision> decisions);

/// The newest of a session, without a limit all of them; oldest first.
std::vector<LiveDecision> newest(Database& database, std::string_view session_id,
                                 std::optional<std::size_t> limit = std::nullopt);
/// Oldest first, both ends included.
std::vector<LiveDecision> range(Database& database, std::string_view session_id, base::Seconds first,
                                base::Seconds last);
/// The newest of a session with an opening time of at most `last`, oldest first.
std::vector<LiveDecision> newest_until(Database& database, std::string_view session_id, base::Seconds last,
                                       std::optional<std::size_t> limit);
/// Of the sessions of a schedule's trader, begun last first, the newest points with a time of at most `last`: not
/// more than `limit` rows are read, however long it has traded. Oldest first.
std::vector<EquityPoint> newest_equity(Database& database, std::string_view schedule_id, base::Seconds last,
                                       std::size_t limit);
/// Over all sessions of a schedule's trader, oldest first, both ends included.
std::vector<EquityPoint> equity(Database& database, std::string_view schedule_id, base::Seconds first,
                                base::Seconds last);
std::int64_t count(Database& database, std::string_view session_id);
/// One for each model that a session was served by.
std::vector<FirstBar> first_bars(Database& database, std::string_view session_id);

/// How many decisions made before `before` led to nothing: they held, and no order and no fill is of
/// their bar. The others stay for as long as the trades that they explain.
std::int64_t count_prunable(Database& database, base::Instant before);
/// Drops at most `limit` of those, and returns how many.
std::int64_t prune(Transaction& change, base::Instant before, std::size_t limit);

}  // namespace live_decisions
}  // namespace ctt::store
