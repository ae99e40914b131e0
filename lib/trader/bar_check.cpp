#include "trader/bar_check.h"

namespace ctt::trader {

namespace {

bool finite(const market::Candle& candle) {
  return std::isfinite(candle.open) && std::isfinite(candle.high) && std::isfinite(candle.low) &&
         std::isfinite(candle.close) && std::isfinite(candle.volume);
}

bool possible(const market::Candle& candle) {
  return candle.open > 0 && candle.low > 0 && candle.close > 0 && candle.low <= candle.high &&
         candle.volume >= 0;
}

}  // namespace

std::string_view name(BarRefusal refusal) {
  switch (refusal) {
    case BarRefusal::wrong_width:
      return "wrong_width";
    case BarRefusal::off_grid:
      return "off_grid";
    case BarRefusal::not_newer:
      return "not_newer";
    case BarRefusal::not_closed:
      return "not_closed";
    case BarRefusal::not_finite:
      return "not_finite";
    case BarRefusal::impossible:
      return "impossible";
  }
  return "";
}

std::optional<BarRefusal> refusal_of(const FeedBar& bar, const BarExpectation& expected) {
  if (bar.width != expected.width) return BarRefusal::wrong_width;
  if (!expected.width.on_grid(bar.candle.open_time)) return BarRefusal::off_grid;
  if (expected.newest && bar.candle.open_time <= *expected.newest) return BarRefusal::not_newer;
  if (expected.now && bar.candle.open_time + expected.width.duration() > *expected.now)
    return BarRefusal::not_closed;
  if (!finite(bar.candle)) return BarRefusal::not_finite;
  if (!possible(bar.candle)) return BarRefusal::impossible;
  return std::nullopt;
}

}  // namespace ctt::trader
