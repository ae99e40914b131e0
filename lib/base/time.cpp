#include "base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include <date/date.h>
#include <fmt/format.h>

#include "base/error.h"

namespace ctt::base {

namespace {

using std::chrono::milliseconds;

[[noreturn]] void refuse(std::string_view text) {
  throw Error(Failure::usage,
              fmt::format("\"{}\" is not a time; write 2026-11-23T12:00:00Z or epoch seconds", text));
}

bool parse_with(const char* form, const std::string& text, Instant& instant) {
  std::istringstream in(text);
  in >> date::parse(form, instant);
  return !in.fail() && in.peek() == std::istringstream::traits_type::eof();
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Instant instant) {
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  if (second == instant) return date::format("%FT%TZ", second);
  return date::format("%FT%TZ", instant);
}

Instant parse_time(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, number);
      read.ec == std::errc{} && read.ptr == end) {
    constexpr double kSmallestMilliseconds = 1e11;  // as seconds this is the year 5138
    if (!std::isfinite(number) || std::abs(number) > 1e15) refuse(text);
    const double ms = std::abs(number) >= kSmallestMilliseconds ? number : number * 1000;
    return Instant(milliseconds(std::llround(ms)));
  }
  std::string normal(text);
  if (normal.size() > 10 && normal[10] == ' ') normal[10] = 'T';
  if (normal.size() == 10) normal += "T00:00:00Z";
  Instant instant;
  if (normal.ends_with('Z') || normal.ends_with('z')) {
    if (parse_with("%FT%TZ", normal.substr(0, normal.size() - 1) + "Z", instant)) return instant;
    if (parse_with("%FT%H:%MZ", normal.substr(0, normal.size() - 1) + "Z", instant)) return instant;
    refuse(text);
  }
  for (const char* form : {"%FT%T%Ez", "%FT%T%z", "%FT%T", "%FT%H:%M"}) {
    if (parse_with(form, normal, instant)) return instant;
  }
  refuse(text);
}

std::optional<Seconds> plain_time(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() != 19) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) {
      if (c < '0' || c > '9') return -1;
      value = 10 * value + (c - '0');
    }
    return value;
  };
  const bool marks = text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ') &&
                     text[13] == ':' && text[16] == ':';
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const bool digits = std::min({year, month, day, hour, minute, second}) >= 0;
  if (!marks || !digits || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::chrono::seconds parse_duration(std::string_view text) {
  long long count = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  constexpr std::array<std::pair<std::string_view, long long>, 5> kUnits{
      {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}}};
  if (read.ec == std::errc{} && count >= 0 && count < 1'000'000'000) {
    for (const auto& [name, seconds] : kUnits) {
      if (unit == name) return std::chrono::seconds(count * seconds);
    }
  }
  throw Error(Failure::usage, fmt::format("\"{}\" is not a duration; write 90s, 15m, 6h or 2d", text));
}

std::string to_words(std::chrono::seconds duration) {
  const auto total = duration.count();
  if (total < 0) return "-" + to_words(-duration);
  const auto days = total / 86400;
  const auto hours = total / 3600 % 24;
  const auto minutes = total / 60 % 60;
  const auto seconds = total % 60;
  const auto two = [](auto large, const char* large_unit, auto small, const char* small_unit) {
    return small == 0 ? fmt::format("{} {}", large, large_unit)
                      : fmt::format("{} {} {} {}", large, large_unit, small, small_unit);
  };
  if (days > 0) return two(days, "d", hours, "h");
  if (hours > 0) return two(hours, "h", minutes, "min");
  if (minutes > 0) return two(minutes, "min", seconds, "s");
  return fmt::format("{} s", seconds);
}

std::string to_minute(Instant instant) {
  return date::format("%F %H:%M", std::chrono::floor<std::chrono::minutes>(instant));
}

}  // namespace ctt::base
