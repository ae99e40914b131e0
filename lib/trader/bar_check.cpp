#include "trader/bar_check.h"

#include "base/names.h"
#include "market/soundness.h"

namespace ctt::trader {

namespace {

constexpr auto kRefusals = base::names_of<BarRefusal>({{BarRefusal::wrong_width, "wrong_width"},
                                                       {BarRefusal::off_grid, "off_grid"},
                                                       {BarRefusal::not_newer, "not_newer"},
                                                       {BarRefusal::not_closed, "not_closed"},
                                                       {BarRefusal::not_finite, "not_finite"},
                                                       {BarRefusal::impossible, "impossible"}});

}  // namespace

std::string_view name(BarRefusal refusal) { return kRefusals.name(refusal); }

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
