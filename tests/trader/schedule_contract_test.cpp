#include "models/schedule_contract.h"

#include "base/error.h"
#include "rig.h"
#include "store/deployments.h"
#include "store/models.h"

namespace ctt::trader {
namespace {

// Version 1 is the base, version 2 is served.
struct TwoModels {
  TwoModels() {
    served = rig.request_deployment(rig.publish(wilful(rig.contract, 2)));
    store::Transaction change(rig.database);
    store::deployments::confirm(change, "btc", served, base::parse_time("2026-11-23T12:00:00Z"));
    change.commit();
  }
  void damage(const std::string& sha256) const {
    const auto file = rig.home.model(sha256);
    auto bytes = support::read(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::filesystem::remove(file);
    support::write(file, bytes);
  }
  policy::Contract contract() {
    return models::contract_of({rig.database, rig.home, clock}, store::schedules::get(rig.database, "btc"));
  }

  Rig rig;
  base::SystemClock clock;
  std::string base = store::models::find(rig.database, 1)->sha256;
  std::string served;
};

TEST_CASE("a damaged or missing base policy does not keep a trader from serving a whole model") {
  TwoModels models;
  SUBCASE("damaged") { models.damage(models.base); }
  SUBCASE("missing") { std::filesystem::remove(models.rig.home.model(models.base)); }
  CHECK_FALSE(models.contract().difference(models.rig.contract));
  const auto report = models.rig.trade({.candles = walk(60, 3), .options = Rig::options(), .speed = {}});
  CHECK(report.model_version == 2);
  CHECK(report.loop.decisions > 0);
}

TEST_CASE("where no model of a schedule is whole, what is wrong with its base is said") {
  TwoModels models;
  models.damage(models.served);
  CHECK_NOTHROW(models.contract());
  models.damage(models.base);
  CHECK_THROWS_WITH_AS(models.contract(), doctest::Contains(models.base.c_str()), base::Error);
}

TEST_CASE("a contract never comes from a desired model while the served one is whole") {
  TwoModels models;
  models.damage(models.base);
  auto foreign = models.rig.contract;
  foreign.symbol = "ETH/USD";
  models.rig.request_deployment(models.rig.publish(wilful(foreign, 3)));
  CHECK(models.contract().symbol == "BTC/USD");
}

}  // namespace
}  // namespace ctt::trader
