#pragma once

#include <memory>
#include <optional>

#include "base/time.h"
#include "replay/lineage.h"
#include "replay/simulated_trader.h"

namespace ctt::replay {

/// The trader of a lineage, over the bars of its task.
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
  const policy::Policy& policy() const { return trader_.serving().policy(); }
  std::size_t swaps() const { return swaps_; }

 private:
  void take(const market::Candle& bar);

  struct Next {
    std::shared_ptr<const policy::Policy> policy;
    base::Instant from;
  };

  std::span<const market::Candle> bars_;
  market::Timeframe timeframe_;
  SimulatedTrader trader_;
  std::optional<Next> next_;
  std::size_t taken_ = 0;  // of bars_
  std::int64_t version_;
  std::size_t swaps_ = 0;
};

}  // namespace ctt::replay
