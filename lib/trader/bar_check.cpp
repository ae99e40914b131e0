#include "trader/bar_check.h"

#include "market/soundness.h"

namespace ctt::trader {

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
  switch (market::soundness_of(bar.candle)) {
    case market::Soundness::not_finite:
      return BarRefusal::not_finite;
    case market::Soundness::impossible:
      return BarRefusal::impossible;
    case market::Soundness::sound:
      break;
  }
  return std::nullopt;
}

}  // namespace ctt::trader
