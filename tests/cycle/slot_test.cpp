#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "cycle/cycle.h"
#include "cycle/exploration.h"
#include "cycle/fetch_retry.h"
#include "rig.h"
#include "schedule/health.h"
#include "store/experiments.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;
using store::CycleStatus;

namespace {

const RunOptions kNow{.schedule_id = "s", .now = true, .deploy = true, .window_end = {}};

// A file whose last bar opened at `last`, and a broker that does not answer the first `outages` questions, or
// breaks off its answer at the end.
class EndedSource : public market::CandleSource {
 public:
  EndedSource(std::unique_ptr<market::CandleSource> bars, base::Seconds last, bool revised, int& outages,
              bool breaks_off)
      : bars_(std::move(bars)), last_(last), revised_(revised), outages_(outages), breaks_off_(breaks_off) {}

  void each_piece(const market::TimeRange& range,
                  const std::function<void(std::span<const market::Candle>)>& take) override {
    if (!breaks_off_) fail_for_now();
    take(closed_candles(range));
    fail_for_now();
  }
  std::vector<market::Candle> closed_candles(const market::TimeRange& range) override {
    auto candles = bars_->closed_candles({range.first, std::min(range.last, last_)});
    if (revised_ && !candles.empty()) candles.back().close = candles.back().open;
    return candles;
  }
  std::optional<market::TimeRange> available() override { return market::TimeRange{base::Seconds{}, last_}; }

 private:
  void fail_for_now() {
    if (outages_ == 0) return;
    --outages_;
    throw base::Error(base::Failure::unreachable, "data.example answered 503");
  }

  std::unique_ptr<market::CandleSource> bars_;
  base::Seconds last_;
  bool revised_;
  int& outages_;
  bool breaks_off_;
};

struct Slots : Rig {
  base::Seconds last = std::chrono::floor<std::chrono::seconds>(base::parse_time("2024-02-29T23:00:00Z"));
  bool revised = false;
  int outages = 0;
  bool breaks_off = false;
  int retries = 3;
  std::vector<std::chrono::milliseconds> pauses;

  store::Cycle next_slot() {
    clock.advance(6h);
    return run_with({});
  }
  /// The same at the very time of the slot, not late in it.
  store::Cycle punctual_slot() {
    clock.set(*schedule().next_cycle_at);
    return run_with({});
  }
  store::Cycle run_with(const RunOptions& options) {
    auto with = context();
    with.open_source = [this, open = with.open_source](const store::Dataset& dataset) {
      return std::make_unique<EndedSource>(open(dataset), last, revised, outages, breaks_off);
    };
    with.fetch_retries = retries;
    with.pause = [this](std::chrono::milliseconds pause) {
      pauses.push_back(pause);
      clock.advance(pause);
    };
    return run(with, options).cycles.at(0);
  }
};

double metric(const store::Cycle& cycle, const char* key) {
  return base::JsonValue::parse(cycle.metrics.value_or("{}"), "metrics").as_object().number(key);
}

}  // namespace

TEST_CASE("a file that ended is learned from once; the slots after it say why they do not, and are stale") {
  Slots rig;
  rig.begin(Rig::config());
  CHECK(rig.next_slot().status == CycleStatus::completed);
  const auto second = rig.next_slot();
  CHECK(second.status == CycleStatus::skipped);
  CHECK(second.reason == "no_new_data");
  CHECK(second.message ==
        "no bar is newer than 2024-02-29T23:00:00Z, with which the window of cycle 1 ended; nothing new to "
        "learn");
  CHECK(rig.schedule().current_model_version == 2);
  CHECK(schedule::health(*rig.database, rig.schedule(), rig.clock.now()).health == schedule::Health::ok);
  rig.next_slot();
  const auto health = schedule::health(*rig.database, rig.schedule(), rig.clock.now());
  CHECK(health.health == schedule::Health::stale);
  CHECK(health.reason ==
        "no bar has come since the one of 2024-02-29T23:00:00Z, which closed 18 h ago; see ctt datasets show "
        "d");

  rig.last += 1h;  // the file grows
  CHECK(rig.next_slot().status == CycleStatus::completed);
  CHECK(schedule::health(*rig.database, rig.schedule(), rig.clock.now()).health == schedule::Health::ok);
}

TEST_CASE("who asks for a cycle out of turn gets it, new bars or none") {
  Slots rig;
  rig.begin(Rig::config());
  rig.next_slot();
  CHECK(rig.run_with(kNow).status == CycleStatus::completed);
}

TEST_CASE("bars that the source has revised are a reason to learn again") {
  Slots rig;
  rig.begin(Rig::config());
  rig.next_slot();
  rig.revised = true;
  CHECK(rig.next_slot().status == CycleStatus::completed);
  CHECK(rig.next_slot().status == CycleStatus::skipped);
}

TEST_CASE("a source that is gone for a moment costs no slot") {
  Slots rig;
  rig.begin(Rig::config());
  rig.outages = 3;
  CHECK(rig.punctual_slot().status == CycleStatus::completed);
  CHECK(rig.pauses == std::vector<std::chrono::milliseconds>{15s, 1min, 4min});
}

TEST_CASE("a source that stays gone loses the slot after the last attempt, by its own words") {
  Slots rig;
  rig.begin(Rig::config());
  rig.outages = 100;
  rig.retries = 2;
  const auto cycle = rig.punctual_slot();
  CHECK(cycle.status == CycleStatus::failed);
  CHECK(cycle.reason == "data_unavailable");
  CHECK(cycle.message == "data.example answered 503");
  CHECK(rig.pauses.size() == 2);
}

TEST_CASE("no attempt is made after the time of the next slot") {
  Slots rig;
  rig.begin(Rig::config());
  rig.outages = rig.retries = 1000;
  const auto cycle = rig.punctual_slot();
  CHECK(cycle.reason == "data_unavailable");
  CHECK(rig.clock.now() < cycle.slot_at + 6h);
  CHECK(rig.clock.now() + 36min >= cycle.slot_at + 6h);
  const auto out_of_turn = rig.run_with(kNow);
  CHECK(rig.clock.now() < out_of_turn.started_at + 6h);
}

TEST_CASE("bars that were revised in an answer which broke off are found by the attempt after it") {
  Slots rig;
  rig.begin(Rig::config());
  rig.next_slot();
  rig.revised = rig.breaks_off = true;
  rig.outages = 1;
  const auto cycle = rig.punctual_slot();
  CHECK(cycle.status == CycleStatus::completed);
  CHECK(cycle.defects.value_or("").find(R"("revised":{"count":1,)") != std::string::npos);
}

TEST_CASE("no pause is longer than a tenth of the interval") {
  CHECK(retry_pause(1, 6h) == 15s);
  CHECK(retry_pause(5, 6h) == 36min);
  CHECK(retry_pause(1, 1min) == 6s);
  CHECK(retry_pause(20, 2400h) == 240h);
}

TEST_CASE("each cycle begins at the pack's kl_coeff, with a floor, unless the pack says otherwise") {
  const auto plain = training::Pack::parse("{}", "pack").for_cycles();
  CHECK(plain.restore_kl_coeff == false);
  CHECK(plain.ppo.kl_coeff_min == doctest::Approx(0.002));  // a hundredth of 0.2
  const auto asked = training::Pack::parse(R"({"restore_kl_coeff":true,"kl_coeff_min":0})", "pack");
  CHECK(asked.for_cycles().restore_kl_coeff == true);
  CHECK(asked.for_cycles().ppo.kl_coeff_min == 0);
  CHECK_THROWS_AS(training::Pack::parse(R"({"kl_coeff":0.1,"kl_coeff_min":0.2})", "pack"), base::Error);

  Rig rig;
  rig.begin(Rig::config());
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  const auto row = store::experiments::get(*rig.database, *cycle.experiment_id);
  const auto settings = ExperimentSettings::parse(row.config, "experiment");
  CHECK(settings.pack.restore_kl_coeff == false);
  CHECK(settings.pack.ppo.kl_coeff_min == doctest::Approx(0.002));
}

TEST_CASE("a cycle records its entropy, KL and coefficient, and what the gate strict would have said") {
  Rig rig;
  rig.begin(Rig::config());
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  CHECK(std::isfinite(metric(cycle, "kl_coeff")));
  CHECK(std::isfinite(metric(cycle, "entropy")));
  CHECK(std::isfinite(metric(cycle, "kl")));
  auto metrics = base::JsonValue::parse(*cycle.metrics, "metrics").as_object();
  CHECK(metrics.string("gate") == "passed");
  CHECK(metrics.string("strict_gate") != "passed");
  CHECK_FALSE(metrics.string("strict_reason").empty());
}

TEST_CASE("a collapsed entropy or KL coefficient is warned of by its number") {
  const auto pack = training::Pack::parse(R"({"action_scheme":"BSH"})", "pack");  // kl_coeff 0.2
  CHECK(warnings_of({.entropy = 0.3, .kl = 0.01, .kl_coeff = 0.1}, pack).empty());
  const auto nan = std::nan("");
  CHECK(warnings_of({.entropy = nan, .kl = nan, .kl_coeff = nan}, pack).empty());
  const auto warnings = warnings_of({.entropy = 0.06, .kl = 0.01, .kl_coeff = 4.8e-8}, pack);
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].starts_with("entropy 0.06 is below a tenth of that of acting at random ("));
  CHECK(warnings[1].starts_with("kl_coeff 4.8e-08 is below a thousandth of the pack's 0.2"));
}
