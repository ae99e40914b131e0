#include "cycle/rollback.h"

#include <thread>

#include "base/error.h"
#include "cycle/deploy.h"
#include "cycle/training_parent.h"
#include "models/model_files.h"
#include "rig.h"
#include "store/sample.h"
#include "trader/idle_feed.h"
#include "trader/simulated_broker.h"
#include "trader/trader.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;

namespace {

const RunOptions kNow{.schedule_id = "s", .now = true, .deploy = true, .window_end = {}};

ManualDeploy wanted(Rig& rig, const char* reference) {
  ManualDeploy wanted;
  wanted.schedule_id = "s";
  wanted.model = store::models::get(*rig.database, reference, "s");
  return wanted;
}

ManualDeployed carry_out(Rig& rig, const ManualDeploy& wanted) {
  check_deployable(rig.context(), wanted);
  return sample::change(*rig.database, [&](store::Transaction& change) {
    return request_deployment(change, wanted, rig.clock.now());
  });
}

// A schedule whose strict gate rejected v2.
struct Rejected : Rig {
  Rejected() {
    auto config = Rig::config();
    begin(config);
    config.gate = schedule::Gate::strict;
    config.holdout_candles = 0;
    set_config(config);
    REQUIRE(run(context(), kNow).cycles.at(0).decision == store::Decision::rejected);
  }
};

}  // namespace

TEST_CASE("what a gate rejected is deployed only by force") {
  Rejected rig;
  auto order = wanted(rig, "v2");
  const auto refusal = sample::caught([&] { check_deployable(rig.context(), order); });
  CHECK(refusal.exit_status == 5);
  CHECK(refusal.sentence == "v2 did not pass its gate in cycle 1 of s");
  CHECK(refusal.fix == "ctt models deploy v2 --schedule s --force-gate");
  order.force_gate = true;
  CHECK_FALSE(carry_out(rig, order).already_desired);
  CHECK(store::deployments::desired(*rig.database, "s")->model_version == 2);
  CHECK(carry_out(rig, order).already_desired);
}

TEST_CASE("a damaged file is not made the desired model") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  const auto file = rig.home.model(wanted(rig, "v2").model.sha256);
  auto bytes = base::read_file(file);
  bytes.back() ^= '\x10';
  base::write_file_atomically(file, bytes, 0400);
  CHECK(sample::caught([&] { check_deployable(rig.context(), wanted(rig, "v2")); }).exit_status == 8);
  const auto findings = models::verify(rig.context(), wanted(rig, "v2").model);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].find("it is not the file that was published") != std::string::npos);
  CHECK(models::verify(rig.context(), wanted(rig, "v1").model).empty());
}

TEST_CASE("a policy of another contract is not made the desired model") {
  Rig rig;
  rig.begin(Rig::config());
  auto checkpoint = policy::load(rig.home.model(wanted(rig, "v1").model.sha256));
  checkpoint.contract.symbol = "ETH/USD";
  const auto bytes = policy::encode(checkpoint);
  CHECK(sample::caught([&] { models::import_bytes(rig.context(), bytes, "eth", "s"); }).exit_status == 5);
  const auto imported = models::import_bytes(rig.context(), bytes, "eth", {});
  CHECK(imported.model.version == 2);
  CHECK(imported.model.origin == "import");
  const auto refusal = sample::caught([&] { check_deployable(rig.context(), wanted(rig, "v2")); });
  CHECK(refusal.exit_status == 5);
  CHECK_MESSAGE(refusal.sentence.find("ETH/USD") != std::string::npos, refusal.sentence);
  CHECK(models::import_bytes(rig.context(), bytes, "eth", {}).known);
}

TEST_CASE(
    "without its base's file a schedule has the contract of the model that is desired, for all who ask") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  const auto bytes = base::read_file(rig.home.model(wanted(rig, "v2").model.sha256));
  auto foreign = policy::load(rig.home.model(wanted(rig, "v2").model.sha256));
  foreign.contract.symbol = "ETH/USD";
  std::filesystem::remove(rig.home.model(wanted(rig, "v1").model.sha256));
  CHECK(models::import_bytes(rig.context(), bytes, "btc", "s").known);
  CHECK_NOTHROW(check_deployable(rig.context(), wanted(rig, "v2")));
  CHECK(sample::caught([&] {
          models::import_bytes(rig.context(), policy::encode(foreign), "eth", "s");
        }).exit_status == 5);
}

namespace {

// A trader of the schedule that gets no bars, in a thread.
class IdleTrader {
 public:
  explicit IdleTrader(Rig& rig, std::optional<std::int64_t> model_version = {}) : rig_(rig) {
    options_.schedule = "s";
    options_.model_version = model_version;
    options_.poll_every = 5ms;
    options_.confirm_after = 0ms;
    options_.on_ready = [this](const std::string&) { ready_ = true; };
    thread_ = std::jthread([this](const std::stop_token& stop) {
      store::Database own(rig_.home.database());
      trader::Trader(options_, rig_.home, own, feed_, broker_, rig_.clock).run(stop);
    });
    while (!ready_) std::this_thread::sleep_for(1ms);
  }

 private:
  Rig& rig_;
  trader::IdleFeed feed_;
  trader::SimulatedBroker broker_{10000, {}, environment::Fill::next_open};
  trader::Options options_;
  std::atomic<bool> ready_ = false;
  std::jthread thread_;
};

}  // namespace

TEST_CASE("a rollback is done when the trader serves the earlier hash, and no cycle undoes it") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  const IdleTrader trader(rig);
  CHECK(nudge(rig.context(), "s", 5s).outcome == Nudge::confirmed);
  CHECK(store::deployments::served(*rig.database, "s")->model_version == 2);

  auto order = wanted(rig, "v1");
  order.cause = store::DeployCause::rollback;
  order.freeze = true;
  const auto done = carry_out(rig, order);
  CHECK(done.froze);
  CHECK(done.trained_from == 2);
  CHECK(rig.schedule().current_model_version == 1);
  CHECK(nudge(rig.context(), "s", 5s).outcome == Nudge::confirmed);
  CHECK(store::deployments::served(*rig.database, "s")->sha256 == order.model.sha256);
  const auto next = run(rig.context(), kNow).cycles.at(0);
  CHECK(next.decision == store::Decision::held);
  CHECK(next.parent_model_version == 1);
  CHECK(store::deployments::served(*rig.database, "s")->sha256 == order.model.sha256);
}

TEST_CASE("what somebody deploys by hand is what the next cycle trains from") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  run(rig.context(), kNow);
  CHECK(carry_out(rig, wanted(rig, "v2")).trained_from == 3);
  const auto next = run(rig.context(), kNow).cycles.at(0);
  CHECK(next.parent_model_version == 2);
  CHECK(next.model_version == 4);
  CHECK(rig.schedule().current_model_version == 4);
}

TEST_CASE("a schedule trains from the model it is told, if that is sound and of its contract") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  const auto told = [&](std::int64_t version) {
    return sample::change(*rig.database, [&](store::Transaction& change) {
      return train_from(change, "s", version, rig.clock.now());
    });
  };
  const auto before = rig.event_types().size();
  CHECK(told(1));
  CHECK_FALSE(told(1));
  CHECK(rig.event_types().size() == before + 1);
  CHECK(run(rig.context(), kNow).cycles.at(0).parent_model_version == 1);
  auto pruned = wanted(rig, "v2").model;
  pruned.pruned_at = rig.clock.now();
  CHECK(sample::caught([&] { check_trainable(rig.context(), rig.schedule(), pruned); }).exit_status == 5);
}

TEST_CASE("a lost parent fails its cycle with the command that goes on from its ancestor, and that works") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  std::filesystem::remove(rig.home.model(wanted(rig, "v2").model.sha256));
  const auto failed = run(rig.context(), kNow).cycles.at(0);
  CHECK(failed.status == store::CycleStatus::failed);
  CHECK_MESSAGE(failed.message->ends_with(
                    "; ctt schedule update --schedule s --train-from v1 trains on from its ancestor"),
                *failed.message);
  check_trainable(rig.context(), rig.schedule(), wanted(rig, "v1").model);
  sample::change(*rig.database,
                 [&](store::Transaction& change) { return train_from(change, "s", 1, rig.clock.now()); });
  // The lost file is still the one to serve: it is not scored, and fails nothing.
  const auto next = run(rig.context(), kNow).cycles.at(0);
  CHECK_MESSAGE(next.status == store::CycleStatus::completed, next.message.value_or(""));
  CHECK(next.parent_model_version == 1);
}

// Its no says nothing against the model, which a later trader takes.
TEST_CASE("a trader with a model of its own takes no other, and marks none as refused") {
  Rig rig;
  rig.begin(Rig::config());
  const IdleTrader trader(rig, 1);
  CHECK(run(rig.context(), kNow).cycles.at(0).decision == store::Decision::deployed);
  const auto report = nudge(rig.context(), "s", 5s);
  CHECK(report.outcome == Nudge::refused);
  CHECK(report.message == "this trader was started with a model of its own (--model)");
  const auto desired = store::deployments::desired(*rig.database, "s");
  CHECK(desired->model_version == 2);
  CHECK_FALSE(desired->refused_at.has_value());
}
