#include "trader/audit.h"

#include <doctest/doctest.h>

#include "store/live_sessions.h"
#include "trader/rig.h"

namespace ctt::trader {

namespace {

/// A session as the database holds it after a replay, with the bars it saw.
AuditedSession traded(Rig& rig, const std::vector<market::Candle>& candles) {
  auto options = Rig::options();
  rig.trade({candles, options, {}});
  const auto row = store::live_sessions::newest(rig.database, "btc");
  return {store::live_decisions::newest(rig.database, row->id, 10000),
          store::live_trades::of_session(rig.database, row->id),
          row->initial_equity,
          {rig.contract.symbol, rig.contract.timeframe, candles}};
}

PolicyOf policies_of(const Rig& rig) {
  return [&rig](const store::LiveDecision& decision) {
    return policy::Policy::load(rig.home.model(decision.model_sha256), decision.model_sha256);
  };
}

}  // namespace

TEST_CASE("every decision of a replay is made again, whatever the fill") {
  for (const auto fill : {environment::Fill::next_open, environment::Fill::close}) {
    const auto contract = contract_with("BSH", fill);
    Rig rig(contract, wilful(contract, 3));
    const auto session = traded(rig, walk(400, 5));
    const auto report = audit(session, policies_of(rig));
    CHECK(session.trades.size() > 5);
    CHECK(report.decisions > 300);
    CHECK(report.same == report.decisions);
    CHECK(report.different.empty());
  }
}

TEST_CASE("a decision that the policy would not have made is named") {
  const auto contract = contract_with();
  Rig rig(contract, stubborn(contract, 1));
  auto session = traded(rig, walk(60, 5));
  auto& forged = session.decisions.at(10);
  forged.action = 2;
  const auto report = audit(session, policies_of(rig));
  CHECK(report.same == report.decisions - 1);
  REQUIRE(report.different.size() == 1);
  CHECK(report.different[0].bar == forged.bar_open_time);
  CHECK(report.different[0].decided == 2);
  CHECK(report.different[0].recomputed == 1);
}

TEST_CASE("a bar that was revised since shows in the decisions that saw it") {
  const auto contract = contract_with("BSH", environment::Fill::next_open);
  Rig rig(contract, wilful(contract, 3));
  auto session = traded(rig, walk(400, 5));
  for (std::size_t i = 200; i < 210; ++i) session.bars.candles[i].close *= 1.2;
  const auto report = audit(session, policies_of(rig));
  CHECK_FALSE(report.different.empty());
  CHECK(report.different.front().bar >= session.bars.candles[200].open_time);
}

TEST_CASE("decisions without their bar, and those on a position from before, are not judged") {
  const auto contract = contract_with();
  Rig rig(contract, stubborn(contract, 1));
  auto session = traded(rig, walk(60, 5));
  SUBCASE("the newest bars are not known") {
    session.bars.candles.resize(session.bars.candles.size() - 11);
    const auto report = audit(session, policies_of(rig));
    CHECK(report.without_bar == 10);  // the very last bar of a replay is not decided on
    CHECK(report.same == report.decisions - 10);
  }
  SUBCASE("its first trade sold what it had not bought") {
    session.trades.front().side = store::Side::sell;
    const auto report = audit(session, policies_of(rig));
    CHECK(report.without_account == report.decisions);
  }
}

}  // namespace ctt::trader
