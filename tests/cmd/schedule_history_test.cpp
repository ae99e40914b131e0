#include "cmd/cycle/show.h"
#include "cmd/schedule/history.h"
#include "cmd/schedule/status.h"
#include "evaluation/live_verdict.h"
#include "schedule/config.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

// A desk with a schedule `btc` that has completed one cycle with these metrics.
struct Recorded : support::Desk {
  explicit Recorded(const std::string& metrics) {
    change([&](store::Transaction& change) {
      sample::add_basics(change);
      auto row = sample::schedule_row("btc");
      row.config = schedule::Config().json();
      store::schedules::insert(change, row);
      const auto cycle = store::cycles::claim(change,
                                              {.schedule_id = "btc",
                                               .slot_at = sample::kNoon,
                                               .pid = 812,
                                               .process = "boot/1",
                                               .parent_model_version = 1},
                                              sample::kNoon);
      store::cycles::complete(change, cycle.id,
                              {.model_version = 1,
                               .decision = store::Decision::held,
                               .decision_reason = "auto_deploy is off",
                               .metrics = metrics},
                              sample::kNoon);
    });
  }
};

constexpr auto kNetwork = R"({"weight_norm":23.456,"dormant_share":0.0125,"effective_rank":41.25})";

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

std::string with_verdict(const std::string& base_sha256, double sum) {
  return fmt::format(
      R"({{"live_verdict":{{"base_sha256":"{}","since":"2026-11-01T00:00:00Z","until":"2026-11-23T11:00:00Z",)"
      R"("bound":0.05,"bars":1000,"sum":{},"squares":0.01,"winsorised":0}}}})",
      base_sha256, sum);
}

}  // namespace

TEST_CASE("how a cycle's network is stands in its history when asked for, and with the cycle") {
  Recorded desk(kNetwork);
  ScheduleHistory history;
  desk.run(history);
  CHECK_FALSE(contains(desk.out(), "RANK"));
  history.wide = true;
  desk.run(history);
  CHECK(contains(desk.out(), "WEIGHT NORM  DORMANT  RANK  DEPLOYED"));
  CHECK(contains(desk.out(), "23.5    1.2 %  41.2  "));
  history.format = "csv";
  desk.run(history);
  CHECK(contains(desk.out(), ",live,weight_norm,dormant_share,effective_rank,entropy,kl,kl_coeff\n"));
  CHECK(contains(desk.out(), ",false,23.456,0.0125,41.25,,,\n"));
  CycleShow show;
  show.number = 1;
  desk.run(show);
  CHECK(contains(desk.out(), "weight norm 23.5, 1.2 % of its hidden units dormant, effective rank 41.2\n"));
}

TEST_CASE("a cycle without these numbers has gaps in their place") {
  Recorded desk(R"({"weight_norm":null,"dormant_share":null,"effective_rank":null})");
  ScheduleHistory history;
  history.wide = true;
  CHECK(desk.run(history) == 0);
  CHECK(contains(desk.out(), "-        -     -"));
  CycleShow show;
  show.number = 1;
  CHECK(desk.run(show) == 0);
  CHECK_FALSE(contains(desk.out(), "weight norm"));
}

TEST_CASE(
    "status shows whether what is served beats the base, with the interval that bears looking every day") {
  // A mean of 0.02 % a bar; 1,000 bars whose squared deviations add up to 0.01.
  Recorded desk(with_verdict(sample::sha('a'), 0.2));
  desk.run(ScheduleStatus{});
  CHECK(contains(desk.out(), "verdict  undecided: served - base +0.0200 % a bar, 95 % interval -"));
  CHECK(contains(desk.out(), " %, 1000 bars since "));
  auto item = desk.json(ScheduleStatus{}).at("items").as_array().at(0).as_object();
  auto verdict = item.at("live_verdict").as_object();
  CHECK(verdict.string("finding") == "undecided");
  CHECK(verdict.integer("bars") == 1000);
  CHECK(verdict.number("mean_pct") == doctest::Approx(0.02));
  CHECK(verdict.number("low_pct") < 0);
  CHECK(verdict.number("high_pct") > 0.02);
  CHECK(verdict.number("bound_pct") == 5);
  SUBCASE("an edge ten times as large is found") {
    Recorded clear(with_verdict(sample::sha('a'), 2));
    clear.run(ScheduleStatus{});
    CHECK(contains(clear.out(), "verdict  better: served - base +0.2000 % a bar, 95 % interval +"));
  }
  SUBCASE("one about another base is none") {
    Recorded other(with_verdict(sample::sha('b'), 2));
    other.run(ScheduleStatus{});
    CHECK_FALSE(contains(other.out(), "verdict"));
    auto none = other.json(ScheduleStatus{}).at("items").as_array().at(0).as_object();
    CHECK_FALSE(none.find("live_verdict").has_value());
  }
}
