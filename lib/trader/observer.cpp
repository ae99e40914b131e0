#include "trader/observer.h"

#include "environment/settings.h"

namespace ctt::trader {

Observer::Observer(const policy::Contract& contract)
    : features_(contract.features),
      stream_(features_),
      timeframe_(contract.timeframe),
      columns_(features_.columns().size()),
      window_(contract.window_size),
      warm_up_(features_.warm_up_rows()),
      account_columns_(contract.account_columns),
      ring_(window_ * columns_),
      observation_(window_ * columns_ + (account_columns_ ? environment::kAccountColumns : 0)) {}

std::size_t Observer::push(const market::Candle& candle) {
  std::size_t missing = 0;
  if (rows_ > 0) {
    missing = static_cast<std::size_t>((candle.open_time - newest_.open_time) / timeframe_.duration()) - 1;
    if (missing > rows_needed()) {
      stream_ = features::FeatureStream(features_);
      rows_ = 0;
      missing = 0;
    }
  }
  for (std::size_t i = 0; i < missing; ++i) {
    const double close = newest_.close;
    push_row({newest_.open_time + timeframe_.duration(), close, close, close, close, 0});
  }
  push_row(candle);
  return missing;
}

void Observer::push_row(const market::Candle& candle) {
  const auto row = stream_.push(candle);
  const auto slot = ring_.begin() + static_cast<std::ptrdiff_t>((rows_ % window_) * columns_);
  std::ranges::transform(row, slot, [](double value) { return static_cast<float>(value); });
  ++rows_;
  newest_ = candle;
}

std::span<const float> Observer::observe(const environment::Account& account) {
  // The oldest row stands where the next one will go.
  const auto split = ring_.begin() + static_cast<std::ptrdiff_t>((rows_ % window_) * columns_);
  std::rotate_copy(ring_.begin(), split, ring_.end(), observation_.begin());
  if (account_columns_) write_account_columns(account, newest_.close, observation_.data() + ring_.size());
  return observation_;
}

}  // namespace ctt::trader
