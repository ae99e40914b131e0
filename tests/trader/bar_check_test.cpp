#include "trader/bar_check.h"

#include <limits>

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

const base::Seconds kTen{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 10h};
const FeedBar kGood{{kTen, 100, 102, 99, 101, 5}, market::Timeframe::parse("1h"), false};
const BarExpectation kExpected{market::Timeframe::parse("1h"), kTen - 1h, kTen + 1h};

std::string refused(const FeedBar& bar, const BarExpectation& expected = kExpected) {
  const auto refusal = refusal_of(bar, expected);
  return refusal ? std::string(name(*refusal)) : "taken";
}

FeedBar changed(const std::function<void(FeedBar&)>& change) {
  auto bar = kGood;
  change(bar);
  return bar;
}

TEST_CASE("a closed, newer, sane bar on the grid is taken") {
  CHECK(refused(kGood) == "taken");
  CHECK(refused(kGood, {kExpected.width, std::nullopt, std::nullopt}) == "taken");
  CHECK(refused(changed([](auto& bar) { bar.candle.volume = 0; })) == "taken");
}

TEST_CASE("a bar of another width is refused, even when it fits the grid") {
  CHECK(refused(changed([](auto& bar) { bar.width = market::Timeframe::parse("5m"); })) == "wrong_width");
}

TEST_CASE("a bar beside the grid is refused") {
  CHECK(refused(changed([](auto& bar) { bar.candle.open_time += 1min; })) == "off_grid");
}

TEST_CASE("a repeated and an older bar are refused") {
  CHECK(refused(kGood, {kExpected.width, kTen, std::nullopt}) == "not_newer");
  CHECK(refused(kGood, {kExpected.width, kTen + 1h, std::nullopt}) == "not_newer");
}

TEST_CASE("the forming bar is refused until its end has passed") {
  CHECK(refused(kGood, {kExpected.width, std::nullopt, kTen + 1h - 1ms}) == "not_closed");
  CHECK(refused(kGood, {kExpected.width, std::nullopt, kTen + 1h}) == "taken");
}

TEST_CASE("values that are no numbers or cannot be are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(refused(changed([&](auto& bar) { bar.candle.close = nan; })) == "not_finite");
  CHECK(refused(changed([&](auto& bar) { bar.candle.high = infinity; })) == "not_finite");
  CHECK(refused(changed([&](auto& bar) { bar.candle.volume = nan; })) == "not_finite");
  CHECK(refused(changed([](auto& bar) { bar.candle.high = 98; })) == "impossible");
  CHECK(refused(changed([](auto& bar) { bar.candle.low = 0; })) == "impossible");
  CHECK(refused(changed([](auto& bar) { bar.candle.close = -1; })) == "impossible");
  CHECK(refused(changed([](auto& bar) { bar.candle.volume = -1; })) == "impossible");
}

}  // namespace
}  // namespace ctt::trader
