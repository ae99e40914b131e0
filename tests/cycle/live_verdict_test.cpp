#include "cycle/live_verdict.h"

#include <cmath>

#include "base/json.h"
#include "rig.h"

using namespace ctt;
using namespace ctt::cycle;
using namespace std::chrono_literals;

namespace {

store::Cycle cycle_now(Rig& rig) {
  return run(rig.context(), {.schedule_id = "s", .now = true, .deploy = true, .window_end = {}}).cycles.at(0);
}

evaluation::LiveVerdict verdict_of(Rig& rig) { return live_verdict(*rig.database, rig.schedule()).value(); }

double metric(const store::Cycle& cycle, const char* key) {
  return base::JsonValue::parse(cycle.metrics.value_or("{}"), "metrics").as_object().number(key);
}

}  // namespace

TEST_CASE("a completed cycle says how its network is") {
  Rig rig;
  rig.begin(Rig::config());
  const auto cycle = cycle_now(rig);
  // A hidden layer of 8 units over 4 rows of 3 columns, and 3 actions: 8 x 12 + 8 + 3 x 8 + 3 = 131 weights of
  // deviation 0.3.
  CHECK(metric(cycle, "weight_norm") == doctest::Approx(0.3 * std::sqrt(131)).epsilon(0.25));
  CHECK(metric(cycle, "dormant_share") == 0);
  CHECK(metric(cycle, "effective_rank") > 1);
  CHECK(metric(cycle, "effective_rank") <= 8);
}

TEST_CASE("the verdict begins after the first cycle and grows by the bars between cycles, each once") {
  Rig rig;
  rig.begin(Rig::config());
  CHECK_FALSE(live_verdict(*rig.database, rig.schedule()).has_value());
  rig.clock.advance(30min);
  const auto first = cycle_now(rig);
  auto verdict = verdict_of(rig);
  CHECK(verdict.state().count == 0);
  CHECK(verdict.since() == first.window_last);
  CHECK(verdict.base_sha256() == store::models::get(*rig.database, "v1").sha256);

  rig.clock.advance(6h);
  REQUIRE(cycle_now(rig).status == store::CycleStatus::completed);
  verdict = verdict_of(rig);
  CHECK(verdict.state().count == 6);
  CHECK(verdict.since() == first.window_last);
  const auto before = verdict.json();
  CHECK(cycle_now(rig).status == store::CycleStatus::completed);  // no bar has come since
  CHECK(verdict_of(rig).json() == before);

  SUBCASE("a cycle that fails leaves its bars to the next one") {
    rig.clock.advance(6h);
    {
      const Behaviour broken("diverge");
      REQUIRE(cycle_now(rig).status == store::CycleStatus::failed);
    }
    CHECK(verdict_of(rig).json() == before);
    rig.clock.advance(6h);
    REQUIRE(cycle_now(rig).status == store::CycleStatus::completed);
    CHECK(verdict_of(rig).state().count == 18);
  }
  SUBCASE("another process goes on with it") {
    rig.database = std::make_unique<store::Database>(rig.home.database());
    rig.clock.advance(6h);
    REQUIRE(cycle_now(rig).status == store::CycleStatus::completed);
    CHECK(verdict_of(rig).state().count == 12);
  }
}

TEST_CASE("a model that was replaced before a bar closed is not looked at for the verdict") {
  Rig rig;
  rig.begin(Rig::config());
  rig.clock.advance(30min);
  cycle_now(rig);
  const auto replaced = cycle_now(rig);
  cycle_now(rig);
  const auto file = rig.home.model(replaced.candidate_sha256.value());
  std::filesystem::permissions(file, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  support::write(file, "damaged");
  rig.clock.advance(6h);
  REQUIRE(cycle_now(rig).status == store::CycleStatus::completed);
  CHECK(verdict_of(rig).state().count == 6);
}

// The base follows the newest bar, what the cycles make is random: they differ. As long as the gate keeps
// every candidate from serving, the base is what is served.
TEST_CASE("what is compared is what the schedule wanted served, from the bar after it was asked for") {
  Rig rig;
  {
    const Behaviour good("trend");
    rig.begin(Rig::config());
  }
  rig.clock.advance(30min);
  SUBCASE("candidates that serve") {
    cycle_now(rig);
    rig.clock.advance(48h);
    cycle_now(rig);
    CHECK(verdict_of(rig).state().count == 48);
    CHECK(verdict_of(rig).state().sum != 0);
  }
  SUBCASE("the base served all the while") {
    const auto without = [&] {
      return run(rig.context(), {.schedule_id = "s", .now = true, .deploy = false, .window_end = {}});
    };
    without();
    rig.clock.advance(48h);
    without();
    CHECK(verdict_of(rig).state().count == 48);
    CHECK(verdict_of(rig).state().sum == 0);
  }
}

TEST_CASE("a verdict waits while the base's file cannot be read, and its bars are not lost") {
  Rig rig;
  rig.begin(Rig::config());
  cycle_now(rig);
  rig.clock.advance(6h);
  cycle_now(rig);
  const auto before = verdict_of(rig).json();
  const auto file = rig.home.model(verdict_of(rig).base_sha256());
  std::filesystem::rename(file, file.string() + ".away");
  rig.clock.advance(6h);
  REQUIRE(cycle_now(rig).status == store::CycleStatus::completed);
  CHECK(verdict_of(rig).json() == before);
  std::filesystem::rename(file.string() + ".away", file);
  rig.clock.advance(6h);
  REQUIRE(cycle_now(rig).status == store::CycleStatus::completed);
  CHECK(verdict_of(rig).state().count == 18);
}
