#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "desk.h"
#include "replay/placebo.h"

namespace ctt::replay {

namespace {

std::vector<double> sorted_returns(const market::Window& window, std::size_t rows) {
  std::vector<double> returns;
  for (std::size_t i = 1; i < rows; ++i) {
    const auto& candles = window.series.candles;
    returns.push_back(std::round(1e9 * candles[i].close / candles[i - 1].close));
  }
  std::ranges::sort(returns);
  return returns;
}

}  // namespace

TEST_CASE("a placebo has the returns of the window in another order, and its held-back bars as they are") {
  Desk desk;
  const auto tuning = desk.settings().tuning;
  const auto window =
      MarketHistory(desk.candles(), false).window(tuning, base::parse_time("2024-02-12T06:00:20Z"));
  const auto placebo = permuted(window, 20, 7);
  const auto rows = window.series.candles.size() - 20;
  CHECK(sorted_returns(placebo, rows) == sorted_returns(window, rows));
  std::size_t moved = 0;
  for (std::size_t i = 0; i < window.series.candles.size(); ++i) {
    const auto& real = window.series.candles[i];
    const auto& made = placebo.series.candles[i];
    CHECK(made.open_time == real.open_time);
    CHECK(made.high >= std::max(made.open, made.close) * (1 - 1e-12));
    if (i >= rows) CHECK(made == real);
    if (std::abs(made.close / real.close - 1) > 1e-9) ++moved;
  }
  CHECK(moved > rows / 4);
  CHECK(permuted(window, 20, 7).series.candles == placebo.series.candles);
  CHECK(permuted(window, 20, 8).series.candles != placebo.series.candles);
}

}  // namespace ctt::replay
