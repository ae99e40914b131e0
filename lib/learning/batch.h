#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "environment/market_data.h"

namespace ctt::learning {

/// The experience of one iteration, ready to learn from. Row k * T + t is step t of environment k.
///
/// Observations are not stored: each is a window of the market's feature matrix and a few account
/// columns, put together when it is needed.
struct Batch {
  std::shared_ptr<const environment::MarketData> market;
  std::size_t window_size = 1;
  std::size_t account_columns = 0;
  std::size_t actions = 0;  ///< how many there are to choose from

  std::vector<std::uint32_t> market_rows;  ///< [rows], where each observation's window ends
  std::vector<float> account_values;       ///< [rows x account_columns]
  std::vector<int> taken;                  ///< [rows], the action that was sampled
  std::vector<float> logits;               ///< [rows x actions], of the policy that acted
  std::vector<float> advantages;           ///< [rows], standardised over the batch
  std::vector<float> targets;              ///< [rows], what the critic should have said

  std::size_t rows() const { return market_rows.size(); }
  std::size_t inputs() const { return window_size * market->columns + account_columns; }

  /// Writes the observation of `row`, [inputs].
  void observe(std::size_t row, float* out) const {
    out = std::ranges::copy(market->window(market_rows[row], window_size), out).out;
    std::copy_n(account_values.data() + row * account_columns, account_columns, out);
  }

  /// Makes room for `rows` rows of which nothing is known yet.
  void resize(std::size_t rows) {
    market_rows.resize(rows);
    account_values.resize(rows * account_columns);
    taken.resize(rows);
    logits.resize(rows * actions);
    advantages.resize(rows);
    targets.resize(rows);
  }
};

}  // namespace ctt::learning
