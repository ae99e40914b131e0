#include "market/window.h"

#include "base/error.h"
#include "base/json.h"
#include "hours.h"
#include "market/csv.h"
#include "support/reference.h"

using namespace ctt;
using market::Candle;
using market::Defect;
using market::DefectPolicies;
using support::hour;
using support::hours;

namespace {

// The defaults, but windows of a few bars may be filled as much as they need.
const DefectPolicies kDefaults = DefectPolicies::parse(R"({"filled_fraction_max":1})");

DefectPolicies policy(std::string_view defect, std::string_view word) {
  return DefectPolicies::parse(fmt::format(R"({{"{}":"{}","filled_fraction_max":1}})", defect, word));
}

std::vector<int> which(const market::Window& window) {
  std::vector<int> numbers;
  for (const auto& candle : window.series.candles) {
    numbers.push_back(static_cast<int>((candle.open_time - hour(0)) / std::chrono::hours(1)));
  }
  return numbers;
}

// As a cycle takes it: cut, then held against the gate.
market::Window take_window(const market::CandleSeries& series, const market::WindowRequest& request,
                           const DefectPolicies& policies) {
  auto window = market::cut_window(series, request, policies);
  market::pass_data_gate(window, policies);
  return window;
}

std::string refusal(const market::CandleSeries& series, const market::WindowRequest& request,
                    const DefectPolicies& policies = kDefaults) {
  try {
    take_window(series, request, policies);
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::data_blocked);
    return error.what();
  }
  return "taken";
}

Candle flat(int n, double price) { return {hour(n), price, price, price, price, 0}; }

}  // namespace

TEST_CASE("a window is the bars asked for, and the warm-up rows before them") {
  const auto window = take_window(hours({1, 2, 3, 4, 5, 6, 7}), {hour(6), 3, 2}, kDefaults);
  CHECK(which(window) == std::vector{2, 3, 4, 5, 6});
  CHECK(window.warm_up == 2);
  CHECK(window.first() == hour(4));
  CHECK(window.last() == hour(6));
  CHECK(window.defects.total() == 0);
  CHECK(window.series.symbol == "BTC/USD");
}

TEST_CASE("a window without its newest or its oldest bar is refused") {
  CHECK(refusal(hours({1, 2, 3}), {hour(4), 2, 0}) ==
        "too few candles of BTC/USD 1h: the newest bar, 2024-01-01T04:00:00Z, is missing");
  CHECK(refusal(hours({1, 2, 3}), {hour(3), 3, 1}) ==
        "too few candles of BTC/USD 1h: 3 of the 4 bars up to 2024-01-01T03:00:00Z are there");
  CHECK(refusal(hours({}), {hour(3), 1, 0}).starts_with("too few candles"));
  // The bar of hour 1 could only be filled in from the future.
  CHECK(refusal(hours({2, 3}), {hour(3), 3, 0}).starts_with("too few candles"));
}

TEST_CASE("a hole is filled with the price before it, never with one after it") {
  const auto window = take_window(hours({1, 2, 5, 6}), {hour(6), 3, 2}, kDefaults);
  CHECK(which(window) == std::vector{2, 3, 4, 5, 6});
  CHECK(window.series.candles[1] == flat(3, 102));
  CHECK(window.series.candles[2] == flat(4, 102));
  CHECK(window.defects.of(Defect::hole) == 2);
  CHECK(window.defects.of(Defect::zero_volume) == 0);
  CHECK(window.defects.json() == R"({"hole":{"count":2,"first":"2024-01-01T03:00:00Z"}})");
}

TEST_CASE("a window may begin inside a hole when there is a price before it") {
  const auto window = take_window(hours({1, 4, 5}), {hour(5), 3, 0}, kDefaults);
  CHECK(window.series.candles[0] == flat(3, 101));
  CHECK(window.defects.of(Defect::hole) == 1);  // hour 2 is not of the window
}

TEST_CASE("holes that are only marked let the window reach further back") {
  const auto window = take_window(hours({0, 1, 2, 5, 6}), {hour(6), 3, 1}, policy("hole", "mark"));
  CHECK(which(window) == std::vector{1, 2, 5, 6});
  CHECK(window.defects.of(Defect::hole) == 2);
  CHECK(take_window(hours({0, 1, 5, 6}), {hour(6), 2, 0}, policy("hole", "mark")).defects.total() == 0);
}

TEST_CASE("a policy that blocks says what it met, how often and where") {
  auto series = hours({1, 2, 5, 6});
  series.candles[3].close = NAN;
  CHECK(refusal(series, {hour(6), 5, 0}, policy("hole", "block")) ==
        "the candles of BTC/USD 1h have defects that block: 2 hole (first at 2024-01-01T03:00:00Z), "
        "1 not_finite (first at 2024-01-01T06:00:00Z)");
}

TEST_CASE("defects outside of the window do not count") {
  auto series = hours({1, 2, 3, 4, 5, 6});
  series.candles[0].close = NAN;
  series.candles[5].high = -1;
  CHECK(take_window(series, {hour(5), 3, 1}, kDefaults).defects.total() == 0);
}

TEST_CASE("of a time that stands twice the later row counts") {
  auto series = hours({1, 2, 2, 3});
  series.candles[2].close = 102.5;
  for (const char* word : {"fill", "mark"}) {
    const auto window = take_window(series, {hour(3), 3, 0}, policy("duplicate", word));
    CHECK(which(window) == std::vector{1, 2, 3});
    CHECK(window.series.candles[1].close == 102.5);
    CHECK(window.defects.of(Defect::duplicate) == 1);
  }
  CHECK(refusal(series, {hour(3), 3, 0}, policy("duplicate", "block")).find("1 duplicate") !=
        std::string::npos);
}

TEST_CASE("rows out of order block, or are put in order") {
  const auto series = hours({1, 3, 2, 4});
  CHECK(refusal(series, {hour(4), 4, 0}).find("1 unordered (first at 2024-01-01T02") != std::string::npos);
  const auto window = take_window(series, {hour(4), 4, 0}, policy("unordered", "fill"));
  CHECK(which(window) == std::vector{1, 2, 3, 4});
  CHECK(window.defects.of(Defect::unordered) == 1);
  CHECK(window.defects.of(Defect::hole) == 0);
}

TEST_CASE("a row off the grid blocks, is left out, or stays") {
  auto series = hours({1, 2, 3});
  series.candles.push_back(series.candles[2]);
  series.candles[2].open_time = hour(2) + std::chrono::minutes(30);
  CHECK(refusal(series, {hour(3), 2, 0}).find("1 off_grid (first at 2024-01-01T02:30") != std::string::npos);
  CHECK(which(take_window(series, {hour(3), 3, 0}, policy("off_grid", "fill"))) == std::vector{1, 2, 3});
  CHECK(which(take_window(series, {hour(3), 3, 0}, policy("off_grid", "mark"))) == std::vector{2, 2, 3});
}

TEST_CASE("impossible prices block, or give way to the price before them") {
  const auto spoiled = [](double open, double high, double low, double close, double volume) {
    auto series = hours({1, 2, 3});
    series.candles[1] = {hour(2), open, high, low, close, volume};
    return series;
  };
  for (const auto& series :
       {spoiled(5, 4, 6, 5, 1), spoiled(5, 6, 0, 5, 1), spoiled(-5, 6, -6, 5, 1), spoiled(5, 6, 4, 7, 1),
        spoiled(5, 6, 4, 3, 1), spoiled(7, 6, 4, 5, 1), spoiled(5, 6, 4, 5, -1)}) {
    CHECK(refusal(series, {hour(3), 3, 0}).find("1 impossible") != std::string::npos);
    const auto window = take_window(series, {hour(3), 3, 0}, policy("impossible", "fill"));
    CHECK(window.series.candles[1] == flat(2, 101));
  }
  const auto inverted = spoiled(5, 4, 6, 5, 1);
  CHECK(take_window(inverted, {hour(3), 3, 0}, policy("impossible", "mark")).series.candles[1] ==
        inverted.candles[1]);
}

TEST_CASE("values that are no numbers are not filled from a bar that has none") {
  auto series = hours({1, 2, 3, 4});
  series.candles[1].close = NAN;
  series.candles[2].volume = INFINITY;
  const auto window = take_window(series, {hour(4), 4, 0}, policy("not_finite", "fill"));
  CHECK(window.series.candles[1] == flat(2, 101));
  CHECK(window.series.candles[2] == flat(3, 101));
  series.candles[0].open = NAN;
  CHECK(refusal(series, {hour(4), 4, 0}, policy("not_finite", "fill")).starts_with("too few candles"));
}

TEST_CASE("bars without trades and revised bars are counted, and block when asked to") {
  auto series = hours({1, 2, 3});
  series.candles[1].volume = 0;
  const market::WindowRequest request{hour(3), 2, 0, {hour(1), hour(3), hour(9)}};
  const auto window = take_window(series, request, kDefaults);
  CHECK(window.defects.of(Defect::zero_volume) == 1);
  CHECK(window.defects.of(Defect::revised) == 1);  // hours 1 and 9 are not of the window
  CHECK(window.series.candles[0] == series.candles[1]);
  CHECK(refusal(series, request, policy("revised", "block")).find("1 revised") != std::string::npos);
  CHECK(refusal(series, request, policy("zero_volume", "block")).find("1 zero_volume") != std::string::npos);
}

TEST_CASE("a window of which too much would be made up is refused, and its report is there all the same") {
  auto policies = kDefaults;
  policies.filled_fraction_max = 0.25;
  const auto series = hours({1, 2, 5, 6, 7, 8});  // 2 of 8 are missing: just a quarter
  CHECK(take_window(series, {hour(8), 8, 0}, policies).filled == 2);
  const market::WindowRequest later{hour(8), 5, 0};  // of the hours 4 to 8 one is missing
  CHECK(take_window(series, later, policies).filled == 1);
  CHECK(refusal(series, {hour(6), 5, 0}, policies) ==
        "2 of the 5 candles of BTC/USD 1h would have to be filled in, more than the 25 % allowed");
  const auto window = market::cut_window(series, {hour(6), 5, 0}, policies);
  CHECK(window.defects.of(Defect::hole) == 2);
  CHECK(market::blocked(window, policies).has_value());
  CHECK_FALSE(market::blocked(window, kDefaults).has_value());
}

TEST_CASE("a check goes over all rows, and a count never refuses") {
  auto series = hours({1, 2, 4, 4, 3, 7});
  series.candles[1].low = 500;
  CHECK_THROWS_AS(market::check_candles(series, kDefaults), base::Error);
  const auto report = market::count_defects(series);
  CHECK(report.of(Defect::hole) == 2);
  CHECK(report.of(Defect::duplicate) == 1);
  CHECK(report.of(Defect::unordered) == 1);
  CHECK(report.of(Defect::impossible) == 1);
  CHECK(report.total() == 5);
  const auto policies =
      DefectPolicies::parse(R"({"unordered":"fill","impossible":"fill","filled_fraction_max":1})");
  CHECK(which(market::check_candles(series, policies)) == std::vector{1, 2, 3, 4, 5, 6, 7});
  CHECK(market::check_candles(hours({}), kDefaults).series.candles.empty());
}

TEST_CASE("a hole of decades is a wrong time, not something to fill") {
  auto series = hours({1, 2});
  series.timeframe = market::Timeframe::parse("1m");
  series.candles[0].open_time = {};
  CHECK_THROWS_AS(market::check_candles(series, kDefaults), base::Error);
  CHECK(market::count_defects(series).of(Defect::hole) > 20'000'000);
}

TEST_CASE("policies are read by name and refuse what they do not know") {
  CHECK(
      kDefaults.json() ==
      R"({"hole":"fill","duplicate":"fill","unordered":"block","off_grid":"block",)"
      R"("zero_volume":"mark","revised":"mark","not_finite":"block","impossible":"block","filled_fraction_max":1.0})");
  CHECK(DefectPolicies::parse(kDefaults.json()) == kDefaults);
  CHECK(DefectPolicies().filled_fraction_max == 0.25);
  CHECK_THROWS_WITH_AS(DefectPolicies::parse(R"({"filled_fraction_max":1.5})"),
                       "filled_fraction_max must be from 0 to 1", base::Error);
  CHECK(policy("hole", "block").about(Defect::hole) == market::DefectPolicy::block);
  CHECK_THROWS_WITH_AS(policy("holes", "block"),
                       R"(defect policies: unknown key "holes" (did you mean "hole"?))", base::Error);
  CHECK_THROWS_WITH_AS(policy("hole", "skip"),
                       R"(defect policies: "hole" must be fill, mark or block, not "skip")", base::Error);
}

TEST_CASE("a thin market's real holes are all found and filled") {
  const auto file = support::reference("data/gappy-1m.csv");
  if (!file) return;
  const market::CandleSeries series{"THIN/BTC", market::Timeframe::parse("1m"), market::read_csv(*file)};
  const auto window = market::check_candles(series, kDefaults);
  const auto& rows = window.series.candles;
  CHECK(window.defects.of(Defect::hole) == rows.size() - series.candles.size());
  CHECK(window.defects.of(Defect::hole) > 100);
  std::size_t steps = 0;
  for (std::size_t i = 1; i < rows.size(); ++i)
    steps += rows[i].open_time - rows[i - 1].open_time == std::chrono::minutes(1);
  CHECK(steps == rows.size() - 1);
  CHECK(market::count_defects({series.symbol, series.timeframe, rows}).of(Defect::hole) == 0);
}
