#include "cmd/shell/validators.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace ctt::cmd {

namespace {

template <class Takes>
CLI::Validator number(const std::string& what, Takes takes) {
  const auto check = [=](const std::string& text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    const bool fits = read.ec == std::errc{} && read.ptr == end && std::isfinite(value) && takes(value);
    return fits ? std::string() : fmt::format("{} is not a number {}", text, what);
  };
  return {check, ""};
}

}  // namespace

CLI::Validator not_negative() {
  return number("of at least 0", [](double value) { return value >= 0; });
}

CLI::Validator positive() {
  return number("above 0", [](double value) { return value > 0; });
}

CLI::Validator between(double least, double most) {
  return number(fmt::format("from {} to {}", least, most),
                [=](double value) { return value >= least && value <= most; });
}

CLI::Validator whole(std::uint64_t least, std::uint64_t most) {
  const auto check = [=](const std::string& text) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool fits = read.ec == std::errc{} && read.ptr == end && number >= least && number <= most;
    return fits ? std::string() : fmt::format("{} is not a whole number from {} to {}", text, least, most);
  };
  return {check, ""};
}

CLI::Validator cycle_number() {
  const auto check = [](const std::string& text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc::result_out_of_range) return fmt::format("{} is out of range", text);
    const bool fits = read.ec == std::errc{} && read.ptr == end && number > 0;
    return fits ? std::string() : fmt::format("{} is not a whole number above 0", text);
  };
  return {check, ""};
}

}  // namespace ctt::cmd
