#pragma once

#include <memory>
#include <optional>

#include "base/time.h"
#include "replay/lineage.h"
#include "trader/decision_loop.h"
#include "trader/simulated_broker.h"

namespace ctt::replay {

/// The trader of a lineage: `ctt trade`'s decision loop on a simulated broker, with the journal in memory and no
/// limits of risk, since a halt for ever would compare arms by the day that they halted.
class Serving {
 public:
  Serving(const LineageTask& task, const MarketHistory& history,
          const std::shared_ptr<const policy::Policy>& base, AccountHistory& account,
          std::vector<ReplayFill>& fills);

  /// Has `candidate` decide from the first bar on that closes at `from` or later.
  void serve_from(std::shared_ptr<const policy::Policy> candidate, base::Instant from);
  /// Takes the bars that close up to `instant`.
  void run_until(base::Instant instant);
  /// Takes all that is left.
  void run_to_end();

  /// What decides at present.
  const policy::Policy& policy() const { return policies_.current()->policy(); }
  std::size_t swaps() const { return swaps_; }

 private:
  void take(const market::Candle& bar);
  void complete(ReplayFill& fill, const market::Candle& bar) const;
  void record(const market::Candle& bar, double equity);

  struct Next {
    std::shared_ptr<const policy::Policy> policy;
    base::Instant from;
  };

  std::span<const market::Candle> bars_;
  market::Timeframe timeframe_;
  environment::Fill fill_;
  market::Costs costs_;
  AccountHistory& account_;
  std::vector<ReplayFill>& fills_;
  base::ManualClock clock_;
  trader::PolicySlot policies_;
  trader::SimulatedBroker broker_;
  trader::Risk risk_;
  FillJournal journal_;
  trader::DecisionLoop loop_;
  std::optional<Next> next_;
  std::size_t taken_ = 0;  // of bars_
  market::Candle newest_;  // the one taken last
  std::int64_t version_;
  std::size_t swaps_ = 0;
};

}  // namespace ctt::replay
