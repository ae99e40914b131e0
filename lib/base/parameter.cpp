#include "base/parameter.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace ctt::base {

namespace {

void refuse_unknown(const std::vector<NumberParameter>& parameters, const std::string& name,
                    std::string_view owner) {
  std::vector<std::string> known;
  for (const auto& parameter : parameters) known.emplace_back(parameter.name);
  if (std::ranges::find(known, name) != known.end()) return;
  throw Error(Failure::usage,
              fmt::format("{}: unknown parameter \"{}\"{}; it has {}", owner, name, did_you_mean(name, known),
                          known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
}

}  // namespace

bool Range::holds(double number) const {
  if (!(number >= low && number <= high)) return false;
  if (kind == Kind::above_low) return number > low;
  return kind == Kind::real || number == std::floor(number);
}

std::string Range::words() const {
  const bool limited = high < kUnlimited;
  if (kind == Kind::whole) {
    return limited ? fmt::format("a whole number from {} to {}", low, high)
                   : fmt::format("a whole number of at least {}", low);
  }
  const auto least = fmt::format("{} {}", kind == Kind::above_low ? "above" : "at least", low);
  return limited ? fmt::format("{} and at most {}", least, high) : least;
}

std::map<std::string, double> complete(const std::vector<NumberParameter>& parameters,
                                       const std::map<std::string, double>& given, std::string_view owner) {
  for (const auto& [name, number] : given) refuse_unknown(parameters, name, owner);
  std::map<std::string, double> out;
  for (const auto& parameter : parameters) {
    const std::string name(parameter.name);
    const auto found = given.find(name);
    const double number = found == given.end() ? parameter.default_value : found->second;
    if (!parameter.range.holds(number)) {
      throw Error(Failure::usage,
                  fmt::format("{}: \"{}\" must be {}, not {}", owner, name, parameter.range.words(), number));
    }
    out.emplace(name, number);
  }
  return out;
}

}  // namespace ctt::base
