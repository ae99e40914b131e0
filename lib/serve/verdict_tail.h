#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/schedules.h"
#include "upkeep/verdict.h"

namespace ctt::serve {

/// What a schedule's trader said last.
using AskTrader = std::function<upkeep::TraderHealth(const store::Schedule&)>;

/// The verdicts of all schedules and, where there is none, that of the machine; and `verdict_change` frames when a
/// set of conditions has changed. They have no seq: they are computed, and `hello` says how things stand.
class VerdictTail {
 public:
  /// The three outlive it.
  VerdictTail(store::Database& database, const base::Home& home, const base::Clock& clock,
              AskTrader ask_trader);

  /// `[{"schedule_id","verdict"},...]`.
  std::string list();
  /// A frame for each verdict with other conditions, or another level of one, than at the last call.
  std::vector<std::string> news();

 private:
  struct Entry {
    std::optional<std::string> schedule_id;
    upkeep::HealthVerdict verdict;
  };
  std::vector<Entry> all();
  store::StateContext state() { return {database_, home_, clock_}; }

  store::Database& database_;
  const base::Home& home_;
  const base::Clock& clock_;
  AskTrader ask_trader_;
  std::map<std::string, std::string> known_;  ///< levels and codes, by schedule
};

}  // namespace ctt::serve
