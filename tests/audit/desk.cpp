#include "desk.h"

#include <memory>

namespace ctt::audit {

namespace {

policy::Contract contract_of(environment::Fill fill) { return trader::contract_with("BSH", fill); }

}  // namespace

AuditDesk::AuditDesk(environment::Fill fill)
    : Rig(contract_of(fill), trader::wilful(contract_of(fill), 3)), bars(trader::walk(400, 5)) {}

trader::TradeReport AuditDesk::trade_at(const market::Costs& costs, std::vector<market::Candle> candles,
                                        trader::Options options) {
  trader::ReplayFeed feed({contract.symbol, contract.timeframe, std::move(candles)});
  trader::SimulatedBroker broker(10000, costs, environment::parse_fill(contract.fill));
  const base::SystemClock clock;
  return trader::Trader(std::move(options), home, database, feed, broker, clock).run({});
}

void AuditDesk::trade_on(KeptBroker& broker, std::vector<market::Candle> candles) {
  trader::ReplayFeed feed({contract.symbol, contract.timeframe, std::move(candles)});
  auto options = Rig::options();
  options.account = "PA1";
  const base::SystemClock clock;
  trader::Trader(std::move(options), home, database, feed, broker, clock).run({});
}

SessionRecord AuditDesk::record(const RecordQuery& query) {
  const base::SystemClock clock;
  return load_record({database, home, clock}, store::schedules::get(database, "btc"), query);
}

SessionAudit AuditDesk::audit(const SessionRecord& record) const {
  return audit_session(record, {contract.symbol, contract.timeframe, bars}, [&](const std::string& sha256) {
    return policy::Policy::load(home.model(sha256), sha256);
  });
}

std::function<void(const trader::BarResult&)> at_bar(
    std::vector<std::pair<std::size_t, std::function<void()>>> steps) {
  auto taken = std::make_shared<std::size_t>(0);
  return [taken, steps = std::move(steps)](const trader::BarResult&) {
    ++*taken;
    for (const auto& [bar, step] : steps) {
      if (bar == *taken) step();
    }
  };
}

}  // namespace ctt::audit
