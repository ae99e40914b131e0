#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/parameter.h"

namespace ctt::features {

/// The bars that a period may span: this many or more.
constexpr base::Range bars_from(std::int64_t least) {
  return base::Range::whole(static_cast<double>(least), 10000);
}

using Value = std::variant<std::int64_t, double, bool, std::string, std::vector<std::int64_t>>;

/// One parameter of a feature type: what it means, its default and what it may be. Its kind is the
/// kind of its default.
struct Parameter {
  std::string_view name;
  std::string_view description;
  Value otherwise;                          ///< the default
  base::Range range = bars_from(1);         ///< of a number, or of each number of a list
  bool zero_allowed = false;                ///< 0 turns it off, in the range or not
  std::vector<std::string_view> choices{};  ///< of a word

  /// Throws Error(usage) naming the place and what is allowed.
  Value read(base::JsonObject& spec) const;
  /// Its object in the catalogue.
  void describe(base::JsonWriter& json) const;
};

void write(base::JsonWriter& json, const Value& value);

/// The complete parameters of one spec, by name.
class Values {
 public:
  Values(const std::vector<Parameter>& parameters, base::JsonObject& spec);
  /// The defaults.
  explicit Values(const std::vector<Parameter>& parameters);

  std::size_t period(std::string_view name) const;
  std::vector<std::size_t> periods(std::string_view name) const;
  double number(std::string_view name) const { return std::get<double>(of(name)); }
  bool truth(std::string_view name) const { return std::get<bool>(of(name)); }
  bool is(std::string_view name, std::string_view word) const {
    return std::get<std::string>(of(name)) == word;
  }

  /// Adds `"period":14,...` to an object that is open.
  void write_fields(base::JsonWriter& json) const;

 private:
  const Value& of(std::string_view name) const;

  const std::vector<Parameter>* parameters_;  // of a Type, which lives as long as the program
  std::vector<Value> values_;
};

}  // namespace ctt::features
