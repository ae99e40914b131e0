#include "market/timeframe.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::market {

namespace {

struct Name {
  std::string_view ours;
  std::string_view alpaca;
  std::string_view alpaca_short;
  std::chrono::seconds duration;
};

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<Name, 7> kNames{{{"1m", "1Min", "1T", minutes(1)},
                                      {"5m", "5Min", "5T", minutes(5)},
                                      {"15m", "15Min", "15T", minutes(15)},
                                      {"1h", "1Hour", "1H", hours(1)},
                                      {"4h", "4Hour", "4H", hours(4)},
                                      {"1d", "1Day", "1D", hours(24)},
                                      {"1w", "1Week", "1W", hours(7 * 24)}}};

const Name& name_of(std::chrono::seconds duration) {
  return *std::ranges::find(kNames, duration, &Name::duration);
}

}  // namespace

Timeframe Timeframe::parse(std::string_view name) {
  for (const auto& known : kNames) {
    if (name == known.ours || name == known.alpaca || name == known.alpaca_short) {
      return Timeframe(known.duration);
    }
  }
  throw base::Error(base::Failure::usage,
                    fmt::format("\"{}\" is not a timeframe; there are 1m 5m 15m 1h 4h 1d 1w", name));
}

std::string Timeframe::name() const { return std::string(name_of(duration_).ours); }
std::string Timeframe::alpaca_name() const { return std::string(name_of(duration_).alpaca); }

base::Seconds Timeframe::floor(base::Instant instant) const {
  // The epoch was a Thursday; every duration but the week divides the four days to its Monday.
  constexpr std::chrono::seconds kFirstMonday = std::chrono::days(4);
  const auto since = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch() - kFirstMonday;
  auto into = since % duration_;
  if (into.count() < 0) into += duration_;
  return base::Seconds(since - into + kFirstMonday);
}

}  // namespace ctt::market
