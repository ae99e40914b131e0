#include "upkeep/measured_costs.h"

#include "cycle/rig.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "upkeep/doctor.h"

namespace ctt::upkeep {

using namespace ctt::cycle;

namespace {

/// A schedule `s` whose base model is in service, and a session on an account or on none.
struct Traded : Rig {
  explicit Traded(const std::string& account) {
    begin(config());
    store::Transaction change(*database);
    store::LiveSession session;
    session.id = "live-000000000001";
    session.schedule_id = "s";
    session.symbol = "BTC/USD";
    session.timeframe = "1h";
    session.account = account;
    session.started_at = clock.now();
    store::live_sessions::insert(change, session);
    const auto base = store::models::get(change, "v1");
    store::deployments::confirm(change, "s", base.sha256, clock.now());
    change.commit();
  }

  void fill(std::optional<double> fee_bp, std::optional<double> slippage_bp) {
    store::Transaction change(*database);
    store::LiveTrade trade;
    trade.session_id = "live-000000000001";
    trade.timestamp = clock.now();
    trade.symbol = "BTC/USD";
    trade.price = trade.size = 1;
    trade.fee_bp = fee_bp;
    trade.slippage_bp = slippage_bp;
    store::live_trades::insert(change, trade);
    change.commit();
  }
  MeasuredCosts measured() { return measured_costs(context(), "s"); }
};

}  // namespace

TEST_CASE("the measured cost is the median of the fills on the account, and stands beside the model's") {
  Traded rig("PA1");
  for (const double slippage : {-40.0, 4.0, 90.0}) rig.fill(25, slippage);
  rig.fill(std::nullopt, std::nullopt);  // of a version that did not measure
  const auto measured = rig.measured();
  CHECK(measured.fills == 3);
  CHECK(measured.side_bp == doctest::Approx(29));
  CHECK(measured.fee_bp == doctest::Approx(25));
  CHECK(measured.slippage_bp == doctest::Approx(4));
  REQUIRE(measured.trained_for);
  CHECK(measured.trained_for->side() == doctest::Approx(0.0005));
  CHECK(measured.model_version == 1);
  CHECK_FALSE(measured.above_trained());  // three fills are too few to say so
}

TEST_CASE("twenty fills at more than one and a half times the trained cost are a finding with its fix") {
  Traded rig("PA1");
  for (int i = 0; i < 20; ++i) rig.fill(25, 4.5);
  const auto findings = examine("costs", rig.context());
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().grade == Finding::Grade::warning);
  CHECK(findings.front().text ==
        "s: 29.5 bp a side over 20 fills (fee 25.0, price 4.5); v1 was trained for 5.0");
  CHECK(findings.front().fix == "ctt schedule update --schedule s --costs alpaca-tier1");
}

TEST_CASE("fills that cost what the model was trained for are no finding") {
  Traded rig("PA1");
  for (int i = 0; i < 20; ++i) rig.fill(5, 2);
  CHECK(examine("costs", rig.context()).front().grade == Finding::Grade::ok);
}

TEST_CASE("the fills of a replay tell nothing of the account") {
  Traded rig("");
  rig.fill(25, 4.5);
  CHECK(rig.measured().fills == 0);
  CHECK(text_of(rig.measured()) == "none measured yet");
}

}  // namespace ctt::upkeep
