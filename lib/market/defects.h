#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ctt::market {

/// What can be wrong with the rows of candles; `DefectPolicy` tells what each means.
enum class Defect { hole, duplicate, unordered, off_grid, zero_volume, revised, not_finite, impossible };
inline constexpr std::size_t kDefectCount = 8;

/// `hole`, `duplicate`, ...: the name in settings, reports and sentences.
std::string_view name(Defect defect);

/// What to do about a defect: repair it from the past (`fill`), count it and leave it (`mark`), or
/// refuse the window (`block`).
///
/// - hole: no row for a grid time. Filled with a bar at the previous close, without volume; marked, it
///   stays a hole.
/// - duplicate: a time that stood before. The later row counts, filled or marked.
/// - unordered: a row older than one before it. Put in order, filled or marked.
/// - off_grid: a time that opens no bar. Left out; marked, it stays.
/// - zero_volume: nothing was traded. As a hole; marked, it stays.
/// - revised: its source changed it since it was stored. The newer values count, filled or marked.
/// - not_finite: a value that is no number. As a hole; marked, it stays.
/// - impossible: high < low, open or close outside of them, a price that cannot be one, volume < 0
///   (see soundness.h). As a hole; marked, it stays.
///
/// A row without a sound bar before it cannot be filled: it is left out. Nothing is taken from
/// the future.
enum class DefectPolicy { fill, mark, block };

struct DefectPolicies {
  std::array<DefectPolicy, kDefectCount> of;  ///< by Defect
  double filled_fraction_max = 0.25;          ///< a window of which more is filled in is refused; 0 .. 1
  DefectPolicies();  ///< fill holes and duplicates, mark zero volume and revised, block the rest

  /// `{"hole":"block","filled_fraction_max":0.02}`: `before` with these changed. Throws Error(usage).
  static DefectPolicies parse(std::string_view json, const DefectPolicies& before);
  /// The defaults with these changed.
  static DefectPolicies parse(std::string_view json) { return parse(json, DefectPolicies()); }

  DefectPolicy about(Defect defect) const { return of[static_cast<std::size_t>(defect)]; }
  std::string json() const;  ///< all of them, `{"hole":"fill",...}`
  bool operator==(const DefectPolicies&) const = default;
};

/// How often each defect was met, and where first. A hole counts once per missing bar.
struct DefectReport {
  std::array<std::size_t, kDefectCount> count{};
  std::array<std::optional<base::Seconds>, kDefectCount> first{};

  std::size_t of(Defect defect) const { return count[static_cast<std::size_t>(defect)]; }
  std::size_t total() const;
  std::string json() const;  ///< `{"hole":{"count":2,"first":"..."}}`, only what was met
};

}  // namespace ctt::market
