#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/json.h"
#include "cmd/shell/context.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "upkeep/measured_costs.h"

namespace ctt::cmd {

/// How long one of several traders has to answer: what else is known does not wait for one that hangs.
constexpr std::chrono::seconds kTraderPatience{2};

/// What is known of a schedule's trader: the running one's answer, or the newest session, or neither; and of the
/// replay that runs, which may be that trader.
struct TraderView {
  store::Schedule row;
  std::optional<std::string> answer{};          ///< JSON, as docs/control-socket.md says
  std::optional<store::LiveSession> session{};  ///< the newest; only where none answers
  std::optional<std::string> problem{};         ///< a trader is there, and this is why it says nothing

  std::optional<store::LiveSession> replay{};  ///< that runs

  bool ever_ran() const { return answer || session || problem; }
  /// One that has the schedule's lock answers for it; one beside a trader of an account does not.
  bool is_replay() const { return answer && replay && replay->id == answered().string("session_id", ""); }
  base::JsonObject answered() const;
};

/// Throws Error(refused, unreachable) when a trader is there and gives no answer within `patience`, or the setting
/// `timeout`.
TraderView view_trader(Context& context, const store::Schedule& row,
                       std::optional<std::chrono::milliseconds> patience = std::nullopt);
/// The same, with that as `problem`: of several traders one that does not answer hides none of the others.
TraderView view_trader_or_problem(Context& context, const store::Schedule& row,
                                  std::optional<std::chrono::milliseconds> patience = std::nullopt);
/// Of a trader that is known to give no answer; it is not asked.
TraderView view_silent_trader(Context& context, const store::Schedule& row, const std::string& problem);

/// What the newest fills of the schedule's traders cost.
upkeep::MeasuredCosts measured_costs(Context& context, const std::string& schedule);

/// An object of `traders` in ctt.trade.status/1.
std::string trader_json(Context& context, const TraderView& view);

/// What it won or lost on its budget; without one, in that session.
double profit_of(const store::LiveSession& session);

/// A trader in the words and numbers of a table; texts are empty where nothing is known.
struct TraderFigures {
  std::string symbol;
  std::string state;  ///< `active`, `halted, not running`, `never ran`, ...
  std::string equity, profit, drawdown, position;
  std::string model;  ///< `v42`
};

TraderFigures figures_of(const TraderView& view);

}  // namespace ctt::cmd
