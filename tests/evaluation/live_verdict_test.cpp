#include "evaluation/live_verdict.h"

#include <cmath>

#include "policies.h"
#include "vectors.h"

using namespace ctt;
using namespace ctt::evaluation;
using namespace std::chrono_literals;

namespace {

// 40 prices: 1 % up each hour.
std::vector<double> rising() {
  std::vector<double> prices{100};
  while (prices.size() < 40) prices.push_back(prices.back() * 1.01);
  return prices;
}

market::Window first_rows(std::size_t rows) {
  auto prices = rising();
  prices.resize(rows);
  return window_of(prices);
}

LiveVerdict from_row(std::size_t i) { return {"base", row(i), market::Timeframe()}; }

}  // namespace

// Served has been in the market since long ago, the base stays out: each bar's difference is ln 1.01.
TEST_CASE("each new bar counts once, by the difference of what served and base made of it") {
  const auto base = policy_of(always(0));
  const std::vector<Service> services{{row(0), policy_of(always(1))}};
  auto verdict = from_row(9);
  verdict.add_bars(services, *base, first_rows(15));  // rows 10 .. 14
  CHECK(verdict.state().count == 5);
  CHECK(verdict.mean() == near(std::log(1.01)).epsilon(1e-9));
  CHECK(verdict.until() == row(14));
  verdict.add_bars(services, *base, first_rows(15));
  CHECK(verdict.state().count == 5);
  verdict.add_bars(services, *base, first_rows(20));
  CHECK(verdict.state().count == 10);
  CHECK(verdict.since() == row(9));
}

TEST_CASE(
    "a swap takes effect with the first bar that opens after it was asked for, and its costs are paid") {
  const auto base = policy_of(always(0));
  // Out of the market until 20 s after row 12 opened, so the purchase falls on its close, the open of row 13.
  const std::vector<Service> services{{row(0), policy_of(always(0))}, {row(12) + 20s, policy_of(always(1))}};
  auto verdict = from_row(9);
  verdict.add_bars(services, *base, first_rows(15));
  CHECK(verdict.state().count == 5);
  CHECK(verdict.state().sum == near(2 * std::log(1.01) + std::log(0.99)).epsilon(1e-9));
}

TEST_CASE("bars that opened before the schedule wanted anything served do not count") {
  const std::vector<Service> services{{row(12) + 1s, policy_of(always(1))}};
  auto verdict = from_row(9);
  verdict.add_bars(services, *policy_of(always(0)), first_rows(15));
  CHECK(verdict.state().count == 2);
  CHECK(verdict.until() == row(14));
  verdict.add_bars({}, *policy_of(always(0)), first_rows(20));
  CHECK(verdict.state().count == 2);
}

TEST_CASE("what serves as the base does differs in no bar, whenever it is looked at") {
  const auto base = policy_of(always(1));
  const std::vector<Service> services{{row(0), base}};
  auto verdict = from_row(9);
  for (const std::size_t rows : {12, 13, 30, 40}) verdict.add_bars(services, *base, first_rows(rows));
  CHECK(verdict.state().count == 30);
  CHECK(verdict.state().sum == 0);
  CHECK(verdict.finding() == LiveVerdict::Finding::undecided);
}

TEST_CASE("a leap beyond the bound counts as the bound, which grows with the root of a bar's width") {
  CHECK(live_bound(market::Timeframe()) == 0.05);
  CHECK(live_bound(market::Timeframe::parse("4h")) == near(0.1));
  auto prices = rising();
  for (std::size_t i = 12; i < prices.size(); ++i) prices[i] *= 1.5;
  prices.resize(15);
  auto verdict = from_row(9);
  verdict.add_bars(std::vector<Service>{{row(0), policy_of(always(1))}}, *policy_of(always(0)),
                   window_of(prices));
  CHECK(verdict.state().winsorised == 1);
  CHECK(verdict.state().sum == near(4 * std::log(1.01) + 0.05).epsilon(1e-9));
}

TEST_CASE("a verdict that was kept as JSON goes on as if it had never been put away") {
  const auto base = policy_of(always(0));
  const std::vector<Service> services{{row(0), policy_of(always(1))}};
  auto verdict = from_row(9);
  verdict.add_bars(services, *base, first_rows(17));
  auto kept = LiveVerdict::parse(verdict.json(), "test");
  CHECK(kept.json() == verdict.json());
  verdict.add_bars(services, *base, first_rows(40));
  kept.add_bars(services, *base, first_rows(40));
  CHECK(kept.json() == verdict.json());
  CHECK(kept.state().count == 30);
  CHECK(kept.base_sha256() == "base");
}

// A difference of 1 % in every bar is found soon; the other way round it is found as soon.
TEST_CASE("a lasting difference is called better or worse once the whole interval says so") {
  const auto in = policy_of(always(1));
  const auto out = policy_of(always(0));
  std::vector<double> prices{100};
  while (prices.size() < 1000) prices.push_back(prices.back() * 1.01);
  auto better = from_row(1);
  better.add_bars(std::vector<Service>{{row(0), in}}, *out, window_of(prices));
  CHECK(better.finding() == LiveVerdict::Finding::better);
  CHECK(better.interval().low > 0);
  CHECK(better.interval().high < 0.05);
  auto worse = from_row(1);
  worse.add_bars(std::vector<Service>{{row(0), out}}, *in, window_of(prices));
  CHECK(worse.finding() == LiveVerdict::Finding::worse);
  CHECK(from_row(1).finding() == LiveVerdict::Finding::undecided);
}
