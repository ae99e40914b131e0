#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "features/features.h"
#include "features/parameters.h"

namespace ctt::features {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// One feature at work: takes the bars in their order and writes its columns for each.
class Computation {
 public:
  virtual ~Computation() = default;
  /// `columns` comes filled with NaN: what is still warming up is left as it is.
  virtual void push(const market::Candle& candle, std::span<double> columns) = 0;
};

/// A kind of feature: everything there is to know about it stands in this one place.
struct Type {
  std::string_view name;
  std::string_view description;
  std::vector<Parameter> parameters;
  std::vector<std::string> (*columns)(const Values&);
  /// Rows before the first that has its final meaning in every column.
  std::size_t (*warm_up_rows)(const Values&);
  std::unique_ptr<Computation> (*start)(const Values&);
  /// What is wrong with parameters that are right one by one; empty when nothing is.
  std::string (*objection)(const Values&) = [](const Values&) { return std::string(); };
};

/// `Working` made from its parameters: what most types put in `start`.
template <class Working>
std::unique_ptr<Computation> start(const Values& values) {
  return std::make_unique<Working>(values);
}

/// For types with the parameters fast and slow.
std::string fast_not_below_slow(const Values& values);

/// The types, by family.
std::vector<Type> price_types();
std::vector<Type> oscillator_types();
std::vector<Type> spread_types();
std::vector<Type> volume_types();

/// All of them, in the order of the catalogue.
const std::vector<Type>& types();

struct FeatureSet::Spec {
  const Type* type;
  Values values;

  std::vector<std::string> columns() const { return type->columns(values); }
};

}  // namespace ctt::features
