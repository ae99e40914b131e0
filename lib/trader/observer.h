#pragma once

#include <span>
#include <vector>

#include "environment/account.h"
#include "features/features.h"
#include "policy/checkpoint.h"

namespace ctt::trader {

/// Turns bars into the observation that a policy was trained on: the last `window_size` rows of
/// features, oldest first, then the account columns. Memory does not grow with the bars.
///
/// Rows before `warm_up_rows()` only feed the features; an observation exists once a whole window of
/// rows after them is there. A hole in the bars is filled as in training (the previous close, no
/// volume); one longer than the features remember starts the warm-up anew.
class Observer {
 public:
  explicit Observer(const policy::Contract& contract);

  /// Takes the next bar (checked: newer, on the grid). Returns how many missing bars were filled.
  std::size_t push(const market::Candle& candle);

  /// False while the features warm up.
  bool ready() const { return rows_ >= warm_up_ + window_; }

  /// The observation at the newest bar, [inputs]; valid until the next call. Only when ready.
  std::span<const float> observe(const environment::Account& account);

  /// Bars before the first observation: what a feed's history should bring.
  std::size_t rows_needed() const { return warm_up_ + window_; }

 private:
  void push_row(const market::Candle& candle);

  features::FeatureSet features_;
  features::FeatureStream stream_;
  market::Timeframe timeframe_;
  std::size_t columns_;
  std::size_t window_;
  std::size_t warm_up_;
  bool account_columns_;
  std::size_t rows_ = 0;     // since the last start of the warm-up
  std::vector<float> ring_;  // window_ rows; the oldest at rows_ % window_
  std::vector<float> observation_;
  market::Candle newest_;
};

}  // namespace ctt::trader
