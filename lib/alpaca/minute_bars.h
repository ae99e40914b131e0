#pragma once

#include <map>
#include <optional>
#include <vector>

#include "market/candle.h"

namespace ctt::alpaca {

/// Minute bars of one instrument, put together to the bars of a timeframe. (Days and weeks that are asked
/// for are put together the same way from hours, see BarSource: what is said of minutes holds of them.)
///
/// A bar is made of the minutes there are in its stretch of the UTC grid: the first open, the highest
/// high, the lowest low, the last close, the volumes summed in order. A minute that is missing is
/// left out, one without trades counts like any other, one with a value that is no number makes it one, and a stretch without minutes gives no bar.
///
/// Minutes may come late, twice, out of order or corrected: of what is said about a minute the last
/// word counts. `take_closed` gives each bar once, oldest first, when its end has passed and either a
/// minute of a later bar is there or the time of `grace` is over. A bar that was given stays given:
/// what comes about it afterwards is reported and changes nothing.
///
/// No clock and no I/O: the caller says what time it is.
class MinuteBars {
 public:
  /// Bars open at `first` or later; minutes before it are ignored.
  MinuteBars(market::Timeframe timeframe, base::Seconds first, std::chrono::milliseconds grace);

  /// A bar that was given, and what it would be by now; `given` is empty when it was passed over for
  /// want of minutes.
  struct Correction {
    std::optional<market::Candle> given;
    market::Candle corrected;
  };

  /// Takes a minute, new or corrected. Nothing unless it changes a bar that was given; one much older
  /// (by two bars, and more than five minutes) is ignored.
  std::optional<Correction> take(const market::Candle& minute);

  /// The bars that are closed at `now`. They never overlap and never go back.
  std::vector<market::Candle> take_closed(base::Instant now);

  /// Opening time of the newest minute taken, if any was.
  std::optional<base::Seconds> newest_minute() const;

 private:
  market::Candle bar_at(base::Seconds open_time) const;
  bool has_minutes(base::Seconds open_time) const;
  void forget_old();

  market::Timeframe timeframe_;
  base::Seconds next_;  // bars that open before this one were given or passed over
  base::Seconds kept_;  // minutes before this one are gone
  std::chrono::milliseconds grace_;
  std::map<base::Seconds, market::Candle> minutes_;
};

}  // namespace ctt::alpaca
