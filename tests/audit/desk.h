#pragma once

#include <functional>

#include "audit/audit.h"
#include "rig.h"
#include "trader/simulated_broker.h"

namespace ctt::audit {

/// A simulated account that a broker keeps: it outlives the trader, as an account elsewhere does.
class KeptBroker : public trader::SimulatedBroker {
 public:
  using SimulatedBroker::SimulatedBroker;
  bool needs_durable_intent() const override { return true; }
};

/// A rig whose traders leave sessions to be audited. The policy acts this way and that.
struct AuditDesk : trader::Rig {
  explicit AuditDesk(environment::Fill fill = environment::Fill::next_open);

  /// A trader over these bars whose account trades at `costs`.
  trader::TradeReport trade_at(const market::Costs& costs, std::vector<market::Candle> candles,
                               trader::Options options = Rig::options());
  /// The same on a broker's account that goes on from session to session.
  void trade_on(KeptBroker& broker, std::vector<market::Candle> candles);

  SessionRecord record(const RecordQuery& query = {});
  /// Over all bars of the dataset.
  SessionAudit audit(const SessionRecord& record) const;

  std::vector<market::Candle> bars;  ///< of the dataset
};

/// Does something once, when the trader has taken so many bars.
std::function<void(const trader::BarResult&)> at_bar(
    std::vector<std::pair<std::size_t, std::function<void()>>> steps);

}  // namespace ctt::audit
