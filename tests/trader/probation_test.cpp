#include "trader/probation.h"

#include <atomic>
#include <thread>

#include "rig.h"
#include "store/deployments.h"
#include "store/live_decisions.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

// Sound weights and a sound probe at zero; real observations drive its sums beyond what a float holds.
policy::Checkpoint overflowing(const policy::Contract& contract) {
  auto checkpoint = stubborn(contract, 1);
  std::size_t at = 0;
  for (const auto& parameter : contract.network.parameters()) {
    const float value = parameter.name == "policy.0.weight"        ? 100.0F
                        : parameter.name == "policy.logits.weight" ? 3e38F
                                                                   : 0.0F;
    for (std::size_t i = 0; i < parameter.size(); ++i) checkpoint.weights.at(at++) = value;
  }
  auto& probe = checkpoint.probes.at(0);
  std::ranges::fill(probe.observation, 0.0F);
  std::ranges::fill(probe.logits, 0.0F);
  return checkpoint;
}

struct Trial {
  std::shared_ptr<const ServedPolicy> one = serving(stubborn(contract_with(), 1), 1);
  std::shared_ptr<const ServedPolicy> two = serving(stubborn(contract_with(), 2), 2);
  std::shared_ptr<const ServedPolicy> three = serving(stubborn(contract_with(), 0), 3);
  PolicySlot slot{one};
  Probation probation{slot, {.decisions = 20, .late_after = 1ms}};

  void swap_to(const std::shared_ptr<const ServedPolicy>& next) {
    probation.begin(slot.current(), next);
    CHECK(slot.replace(next) == Swap::done);
  }
  void decide(int times) {
    for (int i = 0; i < times; ++i) probation.judge(*slot.current(), {});
  }
};

TEST_CASE("a decision that is not finite puts the policy before back, at once") {
  Trial trial;
  trial.swap_to(trial.two);
  trial.decide(6);
  trial.probation.judge(*trial.two, {.finite = false, .took = 0ns});
  CHECK(trial.slot.current()->version() == 1);
  const auto reversion = trial.probation.take_reversion();
  REQUIRE(reversion.has_value());
  CHECK(reversion->reason ==
        "v2 failed its probation at decision 7 of 20: its output was not finite; v1 serves again");
  CHECK_FALSE(trial.probation.take_reversion().has_value());
}

TEST_CASE("so does a decision that comes late") {
  Trial trial;
  trial.swap_to(trial.two);
  trial.probation.judge(*trial.two, {.finite = true, .took = 1500us});
  CHECK(trial.slot.current()->version() == 1);
  CHECK(trial.probation.take_reversion()->reason ==
        "v2 failed its probation at decision 1 of 20: it took 1.5 ms, 1 ms are allowed; v1 serves again");
}

TEST_CASE("after twenty decisions the trial is over") {
  Trial trial;
  trial.swap_to(trial.two);
  trial.decide(20);
  CHECK(trial.probation.decisions_left() == 0);
  trial.probation.judge(*trial.two, {.finite = false, .took = 0ns});
  CHECK(trial.slot.current()->version() == 2);
}

TEST_CASE("a decision of the policy that went out of service says nothing about the new one") {
  Trial trial;
  trial.swap_to(trial.two);
  trial.probation.judge(*trial.one, {.finite = false, .took = 0ns});
  CHECK(trial.slot.current()->version() == 2);
  CHECK(trial.probation.decisions_left() == 20);
}

TEST_CASE("a policy that follows one still on trial goes back to the last that stood its own") {
  Trial trial;
  trial.swap_to(trial.two);
  trial.decide(3);
  trial.swap_to(trial.three);
  trial.probation.judge(*trial.three, {.finite = false, .took = 0ns});
  CHECK(trial.slot.current()->version() == 1);
}

// A trader over a slow replay, with a model deployed while it runs.
struct Deployed {
  Rig rig{contract_with(), stubborn(contract_with(), 0)};
  std::string sha256;
  TradeReport report;

  void run(const policy::Checkpoint& next, Probation::Limits limits) {
    std::atomic<bool> ready = false;
    auto options = Rig::options();
    options.probation = limits;
    options.on_ready = [&](const std::string&) { ready = true; };
    std::thread trading([&] {
      report = rig.trade({walk(400, 4), options, {.bars_per_second = 400, .factor = 0}, 10000});
    });
    while (!ready) std::this_thread::sleep_for(1ms);
    sha256 = rig.deploy(next);
    rig.ask("reload", sha256);
    trading.join();
  }
  store::Deployment desired() { return store::deployments::desired(rig.database, "btc").value(); }
};

TEST_CASE("a deployed model whose outputs are not finite is taken back in the trader and in the database") {
  Deployed deployed;
  deployed.run(overflowing(contract_with()), {});
  auto& database = deployed.rig.database;
  CHECK(deployed.report.model_version == 1);
  // One bar met the failing version, and nothing was done on it.
  std::size_t of_the_failed = 0;
  for (const auto& decision : store::live_decisions::newest(database, deployed.report.session_id, 1000)) {
    if (decision.model_version != 2) continue;
    ++of_the_failed;
    CHECK(decision.side == store::Side::none);
    CHECK(decision.reason == "not_finite");
  }
  CHECK(of_the_failed == 1);
  const auto desired = deployed.desired();
  CHECK(desired.model_version == 1);
  CHECK(desired.cause == store::DeployCause::rollback);
  CHECK(desired.confirmed_at.has_value());
  CHECK(desired.reason ==
        "v2 failed its probation at decision 1 of 20: its output was not finite; v1 serves again");
  CHECK(store::deployments::served(database, "btc")->model_version == 1);
  const auto failed = store::deployments::list(database, "btc").at(1);
  CHECK(failed.model_version == 2);
  CHECK(failed.refusal == desired.reason);
  CHECK(deployed.rig.events("live_model_updated").size() == 2);
  CHECK(deployed.rig.events("continuous_model_deployed").back().find("failed its probation") !=
        std::string::npos);
  // A late confirmation of whoever asked for it changes nothing, nor does the next start.
  store::Transaction change(database);
  CHECK_FALSE(store::deployments::confirm(change, "btc", deployed.sha256, base::SystemClock().now()));
  change.commit();
  CHECK(deployed.rig.trade({walk(60, 4), Rig::options(), {}, 10000}).model_version == 1);
}

TEST_CASE("a deployed model that decides late is taken back, and the next cycle does not train from it") {
  Deployed deployed;
  store::Transaction change(deployed.rig.database);
  store::schedules::set_current_model(change, "btc", 1, base::SystemClock().now());
  change.commit();
  deployed.run(wilful(contract_with(), 9), {.decisions = 20, .late_after = 0ns});
  CHECK(deployed.report.model_version == 1);
  CHECK(deployed.desired().model_version == 1);
  CHECK(deployed.desired().reason.value_or("").find("are allowed") != std::string::npos);
  CHECK(store::schedules::get(deployed.rig.database, "btc").current_model_version == 1);
}

TEST_CASE("a model deployed while no trader ran has its trial at the start") {
  Rig rig(contract_with(), stubborn(contract_with(), 0));
  rig.trade({walk(60, 4), Rig::options(), {}, 10000});  // v1 is confirmed
  rig.request_deployment(rig.publish(overflowing(rig.contract)));
  const auto report = rig.trade({walk(60, 4), Rig::options(), {}, 10000});
  CHECK(report.model_version == 1);
  CHECK(store::deployments::desired(rig.database, "btc")->model_version == 1);
}

TEST_CASE("a model that stands its trial stays") {
  Deployed deployed;
  deployed.run(wilful(contract_with(), 9), {});
  CHECK(deployed.report.model_version == 2);
  CHECK(deployed.desired().model_version == 2);
}

}  // namespace
}  // namespace ctt::trader
