#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cycle/fine_tuning.h"
#include "replay/arm.h"
#include "replay/trials.h"

namespace ctt::replay {

/// One setting and the values that a grid has for it: `interval`, {`6h`, `1d`}.
struct Variation {
  std::string key;
  std::vector<std::string> values;
};

/// Reads `interval=6h,1d`. Throws Error(usage) for an unknown key, no value, a repeated or an empty one.
Variation parse_variation(std::string_view text);

/// One combination of a grid's values.
struct GridPoint {
  std::vector<std::pair<std::string, std::string>> vary;
  cycle::FineTuning tuning;

  /// A hash of all that the point trains by and of the range: points that are equal were tried once.
  std::string key;
};

/// All that decides what a replay comes to, besides its candles. Kept as JSON with the replay, so that it goes on
/// with what it began with.
struct ReplaySettings {
  cycle::FineTuning tuning;
  std::string base_sha256;
  std::uint64_t base_iterations = 0;
  base::Seconds first{};  ///< opening time of the first bar that is decided on
  base::Seconds last{};   ///< of the last bar
  std::vector<Arm> arms;
  int seeds = 1;
  bool remote = false;          ///< the candles' source is one whose newest bars may be late
  bool base_seeds = true;       ///< each seed trains a base of its own
  bool holdout_follows = true;  ///< a varied window keeps a tenth of it from the learner
  bool allow_seen = false;      ///< the base may have learned from bars of the range
  bool seen = false;            ///< and it has
  double cash = 10'000;
  std::optional<std::chrono::seconds> latency;
  std::vector<Variation> vary;
  std::vector<Trial>
      earlier;  ///< tried on the dataset before this replay was made: later ones change nothing of it

  std::string json() const;
  /// Throws Error(usage) naming `where` and the key.
  static ReplaySettings parse(std::string_view json, const std::string& where);

  /// The grid, at least one point; later keys vary faster. Throws Error(usage) for a value that does not fit.
  std::vector<GridPoint> points() const;
};

}  // namespace ctt::replay
