#pragma once

#include <memory>
#include <vector>

#include "environment/settings.h"
#include "features/features.h"

namespace ctt::environment {

/// The immutable data that all environments of a run share: prices and one float32 feature matrix.
/// Windows are views into it.
struct MarketData {
  std::vector<market::Candle> candles;
  std::vector<float> features;  ///< [rows x columns], row-major, finite from `first_row` on
  std::size_t columns = 0;
  std::size_t first_row = 0;  ///< first row an observation may include (warm-up before it)

  std::size_t rows() const { return candles.size(); }

  /// `warm_up` rows at the beginning only feed the features. Throws Error(data_blocked) when fewer
  /// than `window_size` + 2 rows remain.
  static std::shared_ptr<const MarketData> make(const features::FeatureSet& features,
                                                std::vector<market::Candle> candles, std::size_t warm_up,
                                                std::size_t window_size);
};

}  // namespace ctt::environment
