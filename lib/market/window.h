#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "market/candle.h"

namespace ctt::market {

enum class Defect { hole, duplicate, unordered, off_grid, zero_volume, revised, not_finite, impossible };
inline constexpr std::size_t kDefectCount = 8;

/// `hole`, `duplicate`, ...: the name in settings, reports and sentences.
std::string_view name(Defect defect);

/// What to do about a defect: repair it from the past (`fill`: the previous close, no volume; for a
/// duplicate the later row), count it and leave it (`mark`), or refuse the window (`block`).
enum class DefectPolicy { fill, mark, block };

struct DefectPolicies {
  std::array<DefectPolicy, kDefectCount> of;  ///< by Defect
  DefectPolicies();                           ///< fill holes and duplicates, mark zero volume and revised, block the rest

  /// `{"hole":"block"}`: the defaults with these changed. Throws Error(usage).
  static DefectPolicies parse(std::string_view json);
};

/// How often each defect was met, and where first.
struct DefectReport {
  std::array<std::size_t, kDefectCount> count{};
  std::array<std::optional<base::Seconds>, kDefectCount> first{};

  std::size_t of(Defect defect) const { return count[static_cast<std::size_t>(defect)]; }
  std::size_t total() const;
  std::string json() const;  ///< `{"hole":{"count":2,"first":"..."}}`, only what was met
};

/// A training window: exactly the bars asked for, and the warm-up rows before them.
struct Window {
  CandleSeries series;      ///< warm-up rows first, then the window's bars, on the grid
  std::size_t warm_up = 0;  ///< how many of the rows are warm-up
  DefectReport defects;

  base::Seconds first() const { return series.candles[warm_up].open_time; }
  base::Seconds last() const { return series.candles.back().open_time; }
};

struct WindowRequest {
  base::Seconds last{};     ///< opening time of the newest bar
  std::size_t bars = 0;     ///< bars of the window
  std::size_t warm_up = 0;  ///< rows before them
};

/// The window that ends with the bar `request.last`, cut from candles that may have defects.
/// Throws Error(data_blocked) when a policy blocks or bars are missing at the beginning or the end.
Window take_window(const CandleSeries& candles, const WindowRequest& request, const DefectPolicies& policies);

/// Repairs and counts over all rows there are (for `datasets check`, training on a whole dataset).
Window check_candles(const CandleSeries& candles, const DefectPolicies& policies);

/// The bytes of a snapshot: a canonical csv with full-precision numbers, so that equal candles have
/// equal bytes and the name (their sha256) means the content.
std::string encode_snapshot(const Window& window);
/// Throws Error(integrity) when the bytes are not a snapshot.
Window decode_snapshot(std::string_view bytes);

}  // namespace ctt::market
