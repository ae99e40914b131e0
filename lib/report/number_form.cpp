#include "report/number_form.h"

#include <cmath>

#include <fmt/format.h>

namespace ctt::report {

namespace {

int decimals(double size, NumberForm form) {
  switch (form) {
    case NumberForm::change:
    case NumberForm::percent:
      return size >= 999.5 ? 0 : size < 0.0995 && size >= 0.005 ? 2 : 1;
    case NumberForm::ratio:
      return size >= 99.5 ? 0 : 2;
    case NumberForm::probability:
      return size < 0.01 ? 3 : 2;
    case NumberForm::money:
      return size >= 99.5 ? 0 : 2;
    case NumberForm::amount:
      return size >= 99.5 ? 0 : 1;
    case NumberForm::count:
      break;
  }
  return 0;
}

std::string grouped(std::string digits) {
  const auto point = digits.find('.');
  auto at = static_cast<std::ptrdiff_t>(point == std::string::npos ? digits.size() : point) - 3;
  for (; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

}  // namespace

std::string shown(double number, NumberForm form) {
  if (!std::isfinite(number)) return "\u2013";
  const std::string digits = fmt::format("{:.{}f}", std::abs(number), decimals(std::abs(number), form));
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  std::string text = number < 0 && !zero ? "\u2212" : form == NumberForm::change && !zero ? "+" : "";
  text += grouped(digits);
  if (form == NumberForm::change || form == NumberForm::percent) text += "\u00A0%";
  return text;
}

std::string exact(std::optional<double> number, NumberForm form) {
  if (!number || !std::isfinite(*number)) return "<span class=\"none\" title=\"not defined\">\u2013</span>";
  return fmt::format("<data value=\"{}\">{}</data>", plain(*number), shown(*number, form));
}

std::string exact_range(std::optional<double> low, std::optional<double> high, NumberForm form) {
  return "<span class=\"range\">" + exact(low, form) + " to " + exact(high, form) + "</span>";
}

std::string plain(double number) { return fmt::format("{}", number); }

}  // namespace ctt::report
