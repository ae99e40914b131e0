#pragma once

#include <optional>
#include <string>

namespace ctt::report {

/// How a number is written for people.
enum class NumberForm {
  change,       ///< per cent with its sign: `+3.1 %`
  percent,      ///< per cent: `12.4 %`
  ratio,        ///< two decimals: `-0.51`
  probability,  ///< two decimals, three below 0.01
  count,        ///< whole, in groups of three: `13,165`
  money,        ///< whole from 100 on, otherwise two decimals
  amount,       ///< one decimal below 100, otherwise whole
};

/// The text, rounded; a minus sign and a space that does not break. Never `-0`.
std::string shown(double number, NumberForm form);

/// `<data value="3.1402">+3.1 %</data>`: what is shown, and exactly what the document says. A dash for
/// what is not defined.
std::string exact(std::optional<double> number, NumberForm form);

/// `a to b`, each with its exact value.
std::string exact_range(std::optional<double> low, std::optional<double> high, NumberForm form);

/// A number as it stands in coordinates and attributes: the shortest text that reads back as it.
std::string plain(double number);

}  // namespace ctt::report
