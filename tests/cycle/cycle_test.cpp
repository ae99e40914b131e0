#include "cycle/cycle.h"

#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "cycle/reproduce.h"
#include "market/csv.h"
#include "rig.h"
#include "schedule/claim.h"
#include "schedule/control.h"
#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "store/experiments.h"
#include "store/models.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;
using store::CycleStatus;
using store::Decision;

namespace {

const RunOptions kNow{.schedule_id = "s", .now = true, .deploy = true, .window_end = {}};

base::Seconds hour_of(const char* time) {
  return std::chrono::floor<std::chrono::seconds>(base::parse_time(time));
}

std::size_t count(const std::vector<std::string>& types, std::string_view type) {
  return static_cast<std::size_t>(std::ranges::count(types, type));
}

double lr_of(store::Database& database, const std::string& experiment) {
  auto metrics =
      base::JsonValue::parse(*store::experiments::get(database, experiment).final_metrics, "metrics")
          .as_object();
  return metrics.number("lr");
}

}  // namespace

TEST_CASE("with nothing due a run does nothing") {
  Rig rig;
  rig.begin(Rig::config());
  const auto report = run(rig.context(), {});
  CHECK(report.cycles.empty());
  CHECK_FALSE(report.busy.has_value());
}

TEST_CASE("a due slot is trained from the parent, judged, published and made the desired model") {
  Rig rig;
  rig.begin(Rig::config());
  rig.clock.advance(1min);  // past the slot at 00:00:20
  const auto report = run(rig.context(), {});
  REQUIRE(report.cycles.size() == 1);
  const auto& cycle = report.cycles[0];
  CHECK(cycle.status == CycleStatus::completed);
  CHECK(cycle.decision == Decision::deployed);
  CHECK(cycle.parent_model_version == 1);
  CHECK(cycle.model_version == 2);
  CHECK(cycle.bars == 100);
  // The newest bar that is closed at 00:01 opened at 23:00.
  CHECK(base::to_rfc3339(*cycle.window_last) == "2024-02-29T23:00:00Z");
  CHECK(store::deployments::desired(*rig.database, "s")->model_version == 2);
  CHECK(rig.schedule().current_model_version == 2);
  const auto policy = policy::Policy::load(rig.home.model(*cycle.candidate_sha256), *cycle.candidate_sha256);
  CHECK(policy->lineage().cycle == 1);
  CHECK(policy->lineage().data_seen_until == "2024-02-29T03:00:00Z");  // 20 bars held back
  CHECK(policy->lineage().parent_sha256 == store::models::get(*rig.database, "v1").sha256);
  const auto tags = store::experiments::get(*rig.database, *cycle.experiment_id).tags;
  CHECK(tags == std::vector<std::string>{"continuous", "cycle:1", "schedule:s"});
  CHECK(run(rig.context(), {}).cycles.empty());  // running twice has the effect of running once
}

TEST_CASE("the learning rate of every generation is a multiple of the base's, never of the parent's") {
  Rig rig;
  rig.begin(Rig::config());
  for (int generation = 0; generation < 3; ++generation) {
    const auto report = run(rig.context(), kNow);
    REQUIRE(report.cycles.size() == 1);
    CHECK(lr_of(*rig.database, *report.cycles[0].experiment_id) == doctest::Approx(0.0005));  // 0.5 x 0.001
    CHECK(report.cycles[0].parent_model_version == generation + 1);
  }
}

TEST_CASE("a schedule whose costs are corrected goes on from its parent, and the lineage has both") {
  Rig rig;
  rig.begin(Rig::config());
  CHECK(schedule::config_of(rig.schedule()).costs == market::Costs{0.0005, 0});  // the pack's
  auto config = schedule::config_of(rig.schedule());
  config.costs = market::parse_costs("alpaca-tier1");
  store::Transaction change(*rig.database);
  REQUIRE(schedule::update(change, "s", config, rig.clock.now()) == schedule::ControlOutcome::done);
  change.commit();

  const auto report = run(rig.context(), kNow);
  REQUIRE(report.cycles.size() == 1);
  REQUIRE(report.cycles[0].status == CycleStatus::completed);
  const auto model = store::models::get(*rig.database, "v2");
  CHECK(policy::load(rig.home.model(model.sha256)).contract.costs == *config.costs);
  const auto experiment = store::experiments::get(*rig.database, *report.cycles[0].experiment_id);
  const auto settings = ExperimentSettings::parse(experiment.config, "experiment");
  CHECK(settings.pack.environment.costs == *config.costs);
  CHECK(settings.parent_costs == market::Costs{0.0005, 0});
  auto metrics = base::JsonValue::parse(*report.cycles[0].metrics, "metrics").as_object();
  CHECK(market::read_costs(metrics.at("costs")) == *config.costs);
}

TEST_CASE("a schedule takes the costs of its dataset unless it is told others") {
  Rig rig;
  auto config = Rig::config();
  store::Transaction change(*rig.database);
  auto dataset = store::datasets::get(change, "d");
  dataset.source_config = R"({"symbol":"BTC/USD","timeframe":"1h","seed":3,"costs":"alpaca-tier3"})";
  store::datasets::update(change, dataset);
  change.commit();
  SUBCASE("the dataset's") {
    rig.begin(config);
    CHECK(schedule::config_of(rig.schedule()).costs == market::parse_costs("alpaca-tier3"));
  }
  SUBCASE("told others") {
    config.costs = market::Costs{};
    rig.begin(config);
    CHECK(schedule::config_of(rig.schedule()).costs == market::Costs{});
  }
}

TEST_CASE("a training that fails ends the cycle with its reason, and the parent stays desired") {
  Rig rig;
  rig.begin(Rig::config());
  const auto ends_as = [&](const char* behaviour, const char* reason) {
    const Behaviour set(behaviour);
    const auto report = run(rig.context(), kNow);
    REQUIRE(report.cycles.size() == 1);
    CHECK(report.cycles[0].status == CycleStatus::failed);
    CHECK(report.cycles[0].reason == reason);
    CHECK(store::deployments::desired(*rig.database, "s")->model_version == 1);
    CHECK(std::filesystem::is_empty(rig.home.jobs()));
  };
  SUBCASE("diverged") { ends_as("diverge", "not_finite"); }
  SUBCASE("killed") { ends_as("die", "internal"); }
}

TEST_CASE("candles whose file is gone are data that is not to be had, and a model's file is not") {
  Rig rig;
  rig.begin(Rig::config());
  auto context = rig.context();
  SUBCASE("candles") {
    context.open_source = [](const store::Dataset&) {
      return std::make_unique<market::CsvSource>("/nowhere/btc.csv");
    };
    const auto cycle = run(context, kNow).cycles.at(0);
    CHECK(cycle.status == CycleStatus::failed);
    CHECK(cycle.reason == "data_unavailable");
    CHECK(cycle.message.value_or("") ==
          "dataset d has no candles to give: cannot read /nowhere/btc.csv: No such file or directory");
  }
  SUBCASE("a model") {
    std::filesystem::remove(rig.home.model(store::models::get(*rig.database, "v1").sha256));
    CHECK(run(context, kNow).cycles.at(0).reason != "data_unavailable");
  }
}

TEST_CASE("a candidate is held when nothing may deploy, and rejected by a gate that it does not pass") {
  Rig rig;
  auto config = Rig::config();
  SUBCASE("auto_deploy is off") {
    config.auto_deploy = false;
    rig.begin(config);
    CHECK(run(rig.context(), kNow).cycles.at(0).decision == Decision::held);
    CHECK(rig.schedule().current_model_version == 2);  // the next cycle trains on from it
  }
  SUBCASE("frozen") {
    rig.begin(config);
    store::Transaction change(*rig.database);
    CHECK(schedule::freeze(change, "s", std::nullopt, rig.clock.now()) == schedule::ControlOutcome::done);
    change.commit();
    CHECK(run(rig.context(), kNow).cycles.at(0).decision == Decision::held);
  }
  SUBCASE("frozen while it trained, as by a rollback") {
    struct Operator : CycleObserver {
      Rig* rig = nullptr;
      void judged(const store::Cycle&, const evaluation::Evaluation&,
                  const evaluation::GateVerdict&) override {
        store::Database own(rig->home.database());
        store::Transaction change(own);
        CHECK(schedule::freeze(change, "s", "rolled back", rig->clock.now()) ==
              schedule::ControlOutcome::done);
        change.commit();
      }
    } at_work;
    at_work.rig = &rig;
    rig.begin(config);
    const auto with = rig.context();
    CycleContext watched{with, at_work};
    watched.open_source = with.open_source;
    watched.launch = with.launch;
    const auto cycle = run(watched, kNow).cycles.at(0);
    CHECK(cycle.decision == Decision::held);
    CHECK(cycle.decision_reason == "the schedule is frozen");
  }
  SUBCASE("strict without held-back bars, as an earlier version allowed") {
    rig.begin(config);
    config.gate = schedule::Gate::strict;
    config.holdout_candles = 0;
    rig.set_config(config);
    const auto cycle = run(rig.context(), kNow).cycles.at(0);
    CHECK(cycle.decision == Decision::rejected);
    CHECK(cycle.decision_reason == "gate strict: no bars were held back to compare it with its parent");
    CHECK(rig.schedule().current_model_version == 1);
  }
  CHECK(store::deployments::desired(*rig.database, "s")->model_version == 1);
}

namespace {

// A source that lacks some bars.
class Torn : public market::CandleSource {
 public:
  using Lacks = std::function<bool(base::Seconds)>;
  Torn(std::unique_ptr<market::CandleSource> whole, Lacks lacks, bool remote = false)
      : whole_(std::move(whole)), lacks_(std::move(lacks)), remote_(remote) {}

  std::vector<market::Candle> closed_candles(const market::TimeRange& range) override {
    auto candles = whole_->closed_candles(range);
    std::erase_if(candles, [&](const auto& candle) { return lacks_(candle.open_time); });
    return candles;
  }
  bool remote() const override { return remote_; }

 private:
  std::unique_ptr<market::CandleSource> whole_;
  Lacks lacks_;
  bool remote_;
};

bool every_25th(base::Seconds time) { return time.time_since_epoch() / 1h % 25 == 0; }

}  // namespace

TEST_CASE("candles that the data policy blocks end the cycle before its training, and the row says which") {
  Rig rig;
  auto config = Rig::config();
  const char* reason = nullptr;
  SUBCASE("a defect that blocks") {
    config.data_policy = market::DefectPolicies::parse(R"({"hole":"block"})");
    reason = "have defects that block: 4 hole (first at 2024-02-2";
  }
  SUBCASE("too much to fill in") {
    config.data_policy.filled_fraction_max = 0.01;
    reason = "would have to be filled in, more than the 1 % allowed";
  }
  rig.begin(config);
  auto with = rig.context();
  with.open_source = [whole = with.open_source](const store::Dataset& dataset) {
    return std::make_unique<Torn>(whole(dataset), every_25th);
  };
  const auto cycle = run(with, kNow).cycles.at(0);
  CHECK(cycle.status == store::CycleStatus::failed);
  CHECK(cycle.reason == "data_blocked");
  CHECK_MESSAGE(cycle.message.value_or("").find(reason) != std::string::npos, cycle.message.value_or(""));
  CHECK_MESSAGE(cycle.defects.value_or("").starts_with(R"({"hole":{"count":4,)"), cycle.defects.value_or(""));
  CHECK_FALSE(cycle.experiment_id.has_value());
  CHECK(rig.schedule().current_model_version == 1);
}

namespace {

// The cycle of a schedule whose source lacks some bars.
store::Cycle cycle_over(Rig& rig, const schedule::Config& config, const Torn::Lacks& lacks, bool remote) {
  rig.begin(config);
  auto with = rig.context();
  with.open_source = [whole = with.open_source, lacks, remote](const store::Dataset& dataset) {
    return std::make_unique<Torn>(whole(dataset), lacks, remote);
  };
  return run(with, kNow).cycles.at(0);
}

}  // namespace

// 100 bars up to 23:00 and the 6 rows before them that warm the features up: the first is of 14:00 five
// days before.
TEST_CASE("a hole where the warm-up begins is filled with the price before it, however far back that is") {
  const auto first = hour_of("2024-02-25T14:00:00Z");
  bool remote = false;
  base::Seconds hole_begin = first;
  SUBCASE("one bar") {}
  SUBCASE("one bar, of a remote source") { remote = true; }
  SUBCASE("a month") { hole_begin = hour_of("2024-01-25T00:00:00Z"); }
  SUBCASE("a month, of a remote source") {
    hole_begin = hour_of("2024-01-25T00:00:00Z");
    remote = true;
  }
  Rig rig;
  const auto cycle = cycle_over(
      rig, Rig::config(), [&](base::Seconds time) { return time >= hole_begin && time <= first; }, remote);
  CHECK_MESSAGE(cycle.status == CycleStatus::completed, cycle.message.value_or(""));
  CHECK(cycle.bars == 100);
  CHECK(cycle.defects == R"({"hole":{"count":1,"first":"2024-02-25T14:00:00Z"}})");
}

TEST_CASE("a long silence of a source, asked about before or not, does not hide the bars before it") {
  Rig rig;
  rig.begin(Rig::config());
  const auto first = hour_of("2024-02-25T14:00:00Z");
  const auto silent_from = hour_of("2024-01-10T00:00:00Z");
  auto with = rig.context();
  with.open_source = [whole = with.open_source, first, silent_from](const store::Dataset& dataset) {
    const auto lacks = [=](base::Seconds time) { return time >= silent_from && time <= first; };
    return std::make_unique<Torn>(whole(dataset), lacks, true);
  };
  SUBCASE("asked now") {}
  SUBCASE("asked by a fetch that broke off afterwards") {
    const auto dataset = store::datasets::get(*rig.database, "d");
    const auto source = with.open_source(dataset);
    CHECK(fetch(*rig.database, *source, dataset.series(), {silent_from, first}, rig.clock, 0).asked == 0);
  }
  const auto cycle = run(with, kNow).cycles.at(0);
  CHECK_MESSAGE(cycle.status == CycleStatus::completed, cycle.message.value_or(""));
}

TEST_CASE("over holes that are only marked a cycle's window reaches further back") {
  auto config = Rig::config();
  config.data_policy = market::DefectPolicies::parse(R"({"hole":"mark"})");
  auto lacks = Torn::Lacks(every_25th);
  base::Seconds first = hour_of("2024-02-25T16:00:00Z");  // 104 hours for 100 bars
  bool remote = false;
  SUBCASE("some") {}
  SUBCASE("some, of a remote source") { remote = true; }
  SUBCASE("nearly all bars") {
    lacks = [](base::Seconds time) { return time.time_since_epoch() / 1h % 10 != 1; };
    first = hour_of("2024-01-19T17:00:00Z");
  }
  Rig rig;
  const auto cycle = cycle_over(rig, config, lacks, remote);
  CHECK_MESSAGE(cycle.status == CycleStatus::completed, cycle.message.value_or(""));
  CHECK(cycle.bars == 100);
  CHECK(base::to_rfc3339(cycle.window_first.value()) == base::to_rfc3339(first));
}

TEST_CASE("while another training holds the lock a due slot is recorded as skipped, at once") {
  Rig rig;
  rig.begin(Rig::config());
  rig.clock.advance(1min);  // past the slot at 00:00:20
  const auto lock = TrainingLock::try_acquire(rig.home, "ctt train");
  const auto report = run(rig.context(), {});
  REQUIRE(report.busy.has_value());
  CHECK(report.busy->find("ctt train") != std::string::npos);
  REQUIRE(report.skipped.size() == 1);
  CHECK(report.skipped[0].reason == "launcher_busy");
  CHECK(count(rig.event_types(), "continuous_cycle_skipped") == 1);
  CHECK(count(rig.event_types(), "continuous_cycle_start") == 0);
}

namespace {

// A second schedule like the first, under this name.
void second(Rig& rig, const char* name, schedule::Config config) {
  store::Transaction change(*rig.database);
  const auto started = start(change, rig.home,
                             {.name = name,
                              .base_experiment_id = rig.schedule().base_experiment_id,
                              .dataset_id = "d",
                              .hp_pack_id = "p",
                              .config = std::move(config)},
                             rig.clock.now());
  CHECK(started.outcome == schedule::ControlOutcome::done);
  change.commit();
}

std::vector<std::string> owners(const std::vector<store::Cycle>& cycles) {
  std::vector<std::string> ids;
  for (const auto& cycle : cycles) ids.push_back(cycle.schedule_id);
  return ids;
}

}  // namespace

TEST_CASE("schedules take turns, the longest waiting first, and a backlog keeps nobody waiting") {
  Rig rig;
  auto config = Rig::config();
  config.misfire = schedule::Misfire::run_all;
  rig.begin(config);  // slots at 00:00:20, 06:00:20, ...
  auto hourly = Rig::config();
  hourly.interval = 1h;
  hourly.anchor = 30min;
  second(rig, "t", hourly);
  rig.clock.advance(13h);
  const auto report = run(rig.context(), {});
  CHECK(owners(report.cycles) == std::vector<std::string>{"s", "t", "s", "s"});
  // What was made up for has the window of its own time: the newest bar closed by then.
  CHECK(base::to_rfc3339(*report.cycles[0].window_last) == "2024-02-29T23:00:00Z");
  CHECK(base::to_rfc3339(*report.cycles[2].window_last) == "2024-03-01T05:00:00Z");
  CHECK(base::to_rfc3339(*report.cycles[3].window_last) == "2024-03-01T11:00:00Z");
  REQUIRE(report.skipped.size() == 1);  // of the hourly one, in one row
  CHECK(report.skipped[0].slots == 12);
  CHECK(run(rig.context(), {}).cycles.empty());
}

TEST_CASE("a schedule whose turn is to come in the run that trains is not skipped") {
  Rig rig;
  rig.begin(Rig::config());
  rig.clock.advance(1min);
  const auto lock = TrainingLock::try_acquire(rig.home, "ctt cycle run");
  SUBCASE("it waits") {
    const auto report = run(rig.context(), {});
    CHECK(report.busy.has_value());
    CHECK(report.skipped.empty());
    CHECK(rig.schedule().next_cycle_at == base::parse_time("2024-03-01T00:00:20Z"));
  }
  SUBCASE("unless its own last cycle is what trains") {
    {
      store::Transaction change(*rig.database);
      CHECK(schedule::claim_due(change, "s", rig.clock.now()).cycle.has_value());
      change.commit();
    }
    rig.clock.advance(6h);
    const auto report = run(rig.context(), {});
    CHECK(report.busy.has_value());
    REQUIRE(report.skipped.size() == 1);
    CHECK(report.skipped[0].reason == "launcher_busy");
  }
}

namespace {

// A cycle of a process that does not live any more.
store::Cycle abandon(Rig& rig) {
  store::Transaction change(*rig.database);
  const auto cycle = store::cycles::claim(change,
                                          {.schedule_id = "s",
                                           .slot_at = rig.clock.now(),
                                           .pid = 999'999'999,
                                           .process = "gone",
                                           .parent_model_version = 1},
                                          rig.clock.now());
  change.commit();
  return cycle;
}

// The same after its training, which was this experiment's, on the window of a whole cycle.
void abandon(Rig& rig, const std::string& experiment_id, const store::Cycle& whole) {
  const auto cycle = abandon(rig);
  store::Transaction change(*rig.database);
  store::cycles::start(change, cycle.id,
                       {.experiment_id = experiment_id,
                        .parent_experiment_id = {},
                        .parent_model_version = 1,
                        .window_first = *whole.window_first,
                        .window_last = *whole.window_last,
                        .bars = 100,
                        .snapshot_sha256 = whole.snapshot_sha256,
                        .defects = {},
                        .total_iterations = 2},
                       rig.clock.now());
  change.commit();
}

}  // namespace

TEST_CASE("a cycle whose process died is finished when its training had completed, else closed") {
  Rig rig;
  rig.begin(Rig::config());
  SUBCASE("before its training") {
    abandon(rig);
    const auto report = run(rig.context(), {});
    REQUIRE(report.cycles.size() == 1);
    CHECK(report.cycles[0].status == CycleStatus::failed);
    CHECK(report.cycles[0].message == "its process (pid 999999999) ended during the step claim");
  }
  const auto after_its_training = [&](bool deploy) {
    // A whole cycle lends its experiment and snapshot to the abandoned one.
    auto options = kNow;
    options.deploy = deploy;
    const auto whole = run(rig.context(), options).cycles.at(0);
    abandon(rig, *whole.experiment_id, whole);
    store::Transaction change(*rig.database);
    store::schedules::set_current_model(change, "s", 1, rig.clock.now());  // as before the whole one
    change.commit();
    const auto report = run(rig.context(), {});
    REQUIRE(report.cycles.size() == 1);
    CHECK(report.cycles[0].status == CycleStatus::completed);
    CHECK(report.cycles[0].model_version == whole.model_version);  // the same bytes are the same model
    CHECK(report.cycles[0].decision == (deploy ? Decision::deployed : Decision::held));
  };
  SUBCASE("after its training") { after_its_training(true); }
  SUBCASE("after a training that was to deploy nothing") { after_its_training(false); }
  CHECK(store::cycles::all_running(*rig.database).empty());
}

TEST_CASE(
    "a recovered cycle has the parent that it was trained from, whatever the schedule trains from now") {
  Rig rig;
  rig.begin(Rig::config());
  const auto whole = run(rig.context(), kNow).cycles.at(0);
  REQUIRE(rig.schedule().current_model_version == 2);
  // A training of v1 with another seed, whose cycle died before it was judged.
  const auto first = store::experiments::get(*rig.database, whole.experiment_id.value());
  auto request = request_of(first, rig.home);
  request.seed += 1;
  request.experiment_id.clear();
  const auto id = request.experiment_id = open_experiment(rig.context(), request);
  run_experiment(rig.context(), *TrainingLock::try_acquire(rig.home, "ctt cycle run"), request,
                 rig.context().launch);
  abandon(rig, id, whole);
  const auto cycle = run(rig.context(), {}).cycles.at(0);
  CHECK_MESSAGE(cycle.status == CycleStatus::completed, cycle.message.value_or(""));
  CHECK(cycle.parent_model_version == 1);
  CHECK(store::models::get(*rig.database, "v3").parent_version == 1);
  // Its lineage was left: nothing trains on from it, and nothing serves it.
  CHECK(cycle.decision == Decision::held);
  CHECK(cycle.decision_reason == "the schedule trains from another model meanwhile");
  CHECK(rig.schedule().current_model_version == 2);
}

TEST_CASE("every start has exactly one end, and the log rises") {
  Rig rig;
  rig.begin(Rig::config());
  run(rig.context(), kNow);
  {
    const Behaviour set("diverge");
    run(rig.context(), kNow);
  }
  const auto types = rig.event_types();
  CHECK(count(types, "continuous_cycle_start") == 2);
  CHECK(count(types, "continuous_cycle_complete") == 1);
  CHECK(count(types, "continuous_cycle_failed") == 1);
  CHECK(count(types, "continuous_model_deployed") == 0);  // no trader has confirmed anything
}

TEST_CASE("a checkpoint that was damaged on disk fails the cycle and is named") {
  Rig rig;
  rig.begin(Rig::config());
  const auto file = rig.home.model(store::models::get(*rig.database, "v1").sha256);
  auto bytes = base::read_file(file);
  bytes[bytes.size() / 2] ^= 1;
  base::write_file_atomically(file, bytes);
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  CHECK(cycle.status == CycleStatus::failed);
  CHECK(cycle.reason == "integrity");
  CHECK(cycle.message->find(file.filename().string()) != std::string::npos);
}

TEST_CASE("a pack that does not make the base's policy cannot start a schedule") {
  Rig rig;
  rig.begin(Rig::config());
  store::Transaction change(*rig.database);
  store::packs::insert(change, {.id = "wide",
                                .name = "wide",
                                .description = "",
                                .config = R"({"window_size":9})",
                                .created_at = {},
                                .updated_at = {}});
  const auto base_id = rig.schedule().base_experiment_id;
  CHECK_THROWS_WITH_AS(start(change, rig.home,
                             {.name = "other",
                              .base_experiment_id = base_id,
                              .dataset_id = "d",
                              .hp_pack_id = "wide",
                              .config = Rig::config()},
                             rig.clock.now()),
                       doctest::Contains("pack wide and dataset d do not fit base"), base::Error);
}

TEST_CASE("a training that nobody named goes by its id, which may be given") {
  Rig rig;
  rig.begin(Rig::config());
  const auto base = store::experiments::get(*rig.database, "base");
  TrainingRequest request;
  request.experiment_id = "exp-00000000abcd";
  request.script = "ctt train";
  request.hp_pack_id = "p";
  request.dataset_id = "d";
  request.snapshot_sha256 = *base.snapshot_sha256;
  CHECK(open_experiment(rig.context(), request) == "exp-00000000abcd");
  CHECK(store::experiments::get(*rig.database, "exp-00000000abcd").name == "exp-00000000abcd");
}
