#pragma once

#include "environment/settings.h"
#include "features/features.h"

#include <memory>
#include <vector>

namespace ctt::environment {

/// The immutable data that all environments of a run share: prices and one float32 feature matrix.
/// Windows are views into it.
struct MarketData {
  std::vector<market::Candle> candles;
  std::vector<float> features;  ///< [rows x columns], row-major, finite from `first_row` on
  std::size_t columns = 0;
  std::size_t first_row = 0;  ///< first row an observation may include (warm-up before it)

  std::size_t rows() const { return candles.size(); }

  /// The first row with a full window of `window_size` feature rows up to and including it.
  std::size_t first_full_row(std::size_t window_size) const { return first_row + window_size - 1; }

  /// The features of the `window_size` rows that end with `row`, oldest first.
  std::span<const float> window(std::size_t row, std::size_t window_size) const {
    return {features.data() + (row + 1 - window_size) * columns, window_size * columns};
  }

  /// `warm_up` rows at the beginning only feed the features. Throws Error(data_blocked) when fewer
  /// than `window_size` + 2 rows remain, a price is unusable (see `prices_only`) or a feature is
  /// not finite after the warm-up.
  static std::shared_ptr<const MarketData> make(const features::FeatureSet& features,
                                                std::vector<market::Candle> candles, std::size_t warm_up,
                                                std::size_t window_size);

  /// Candles without features, for scripted runs. Throws Error(data_blocked) for fewer than two rows
  /// or an open or close that is no price (see market/soundness.h).
  static std::shared_ptr<const MarketData> prices_only(std::vector<market::Candle> candles);
};

}  // namespace ctt::environment
