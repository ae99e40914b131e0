#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "market/candle.h"

namespace ctt::features {

/// Which features a policy sees: an ordered list of specs, each giving one or more columns.
///
/// Built from JSON, `[{"type":"rsi","period":14}, ...]`; every parameter is used or refused.
/// Immutable; cheap to copy.
class FeatureSet {
 public:
  /// Throws Error(usage) naming the spec and the key. `where` names the text in errors.
  static FeatureSet parse(std::string_view json, const std::string& where = "features");

  const std::vector<std::string>& columns() const;

  /// Rows before the first in which every column has its final meaning: look-backs, and enough rows
  /// for EMAs that their starting point no longer shows (< 1e-6).
  std::size_t warm_up_rows() const;

  /// The specs with every default written out: the canonical form that contracts compare.
  std::string json() const;

  bool operator==(const FeatureSet& other) const { return json() == other.json(); }

  struct Spec;  ///< one parsed feature; lives in the .cpp files of this folder
  const std::vector<std::shared_ptr<const Spec>>& specs() const { return specs_; }

 private:
  std::vector<std::shared_ptr<const Spec>> specs_;
  std::vector<std::string> columns_;
};

/// Features of a series: `rows` x `columns`, row-major; NaN while a column is warming up, and where
/// bad prices leave no number. Never infinite.
struct FeatureMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;

  double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
  std::span<const double> row(std::size_t index) const { return {values.data() + index * columns, columns}; }
};

/// One definition serves both ways: this pushes the candles through a FeatureStream.
FeatureMatrix compute(const FeatureSet& features, std::span<const market::Candle> candles);

/// The same features one bar at a time, as the trader meets them.
///
/// Memory does not grow, and a push allocates nothing. Except for EMAs, whose start fades, a row
/// depends on the bars of its look-back alone, to the last bit: no running sum drifts.
/// One thread at a time.
class FeatureStream {
 public:
  explicit FeatureStream(const FeatureSet& features);
  ~FeatureStream();
  FeatureStream(FeatureStream&&) noexcept;
  FeatureStream& operator=(FeatureStream&&) noexcept;

  /// The row of this bar, [columns]; NaN while a column is warming up. Valid until the next push.
  std::span<const double> push(const market::Candle& candle);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What can be computed, in the order of docs/features.md:
/// `[{"type":"rsi","name":"rsi","description":"...","columns":["rsi"],"params":[{"name":"period",
/// "type":"integer","default":14,"min":1,"max":10000,"description":"..."}]}]`. `columns` are those
/// of the defaults; a parameter of words has `choices` in place of `min` and `max`.
std::string catalogue_json();

}  // namespace ctt::features
