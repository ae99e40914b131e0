#pragma once

#include <vector>

#include "trader/journal.h"

namespace ctt::replay {

/// A fill of a replay.
struct ReplayFill {
  base::Seconds decided_at{};  ///< opening time of the bar it was decided on
  base::Seconds filled_at{};   ///< opening time of the bar whose price it has
  market::Trade trade;
  double decision_close = 0;  ///< close of the bar it was decided on
  double spread = 0;          ///< quote currency: what half the spread cost
  std::int64_t model_version = 0;
};

/// A journal in memory that keeps the fills alone: a replay has no state to go on from.
class FillJournal : public trader::Journal {
 public:
  void decided(const store::LiveDecision&) override {}
  void ordered(const store::LiveOrder&) override {}
  void order_changed(const market::OrderEvent&) override {}
  void filled(const store::LiveTrade& trade, const market::OrderEvent& event,
              const store::SessionState& state) override;
  void account_changed(const store::SessionState&) override {}
  bool keeps_account() const override { return false; }
  bool ordered_durably(const store::LiveOrder&) override { return true; }
  void escalated_durably(store::TraderState, const std::string&, const store::SessionState&) override {}
  void flattened_durably(const std::string&, const store::SessionState&) override {}

  /// Fills since the last call, oldest first.
  std::vector<ReplayFill> take() { return std::exchange(fills_, {}); }

 private:
  std::vector<ReplayFill> fills_;
};

}  // namespace ctt::replay
