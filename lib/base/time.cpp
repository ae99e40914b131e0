#include "base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

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

// Takes a text apart from its front; what does not fit leaves it where it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A number of exactly so many digits.
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count || !std::ranges::all_of(rest_.substr(0, count), is_digit)) return std::nullopt;
    int number = 0;
    for (; count > 0; --count) {
      number = 10 * number + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }

  /// All digits that come next.
  std::string_view run_of_digits() {
    const auto end = std::ranges::find_if_not(rest_, is_digit);
    const auto run = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(run.size());
    return run;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> take_date(Scanner& text) {
  const auto year = text.digits(4);
  const auto month = text.take("-") ? text.digits(2) : std::nullopt;
  const auto day = text.take("-") ? text.digits(2) : std::nullopt;
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

// One to nine digits of a second; what is beyond the millisecond is cut.
std::optional<milliseconds> take_fraction(Scanner& text) {
  constexpr std::size_t kDigitsMax = 9;
  const auto digits = text.run_of_digits();
  if (digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
  int ms = 0;
  for (std::size_t place = 0; place < 3; ++place)
    ms = 10 * ms + (place < digits.size() ? digits[place] - '0' : 0);
  return milliseconds(ms);
}

// `12:00`, `12:00:20` or `12:00:20.123456789`.
std::optional<milliseconds> take_time_of_day(Scanner& text) {
  const auto hour = text.digits(2);
  const auto minute = text.take(":") ? text.digits(2) : std::nullopt;
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  milliseconds time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (!text.take(":")) return time;
  const auto second = text.digits(2);
  if (!second || *second > 59) return std::nullopt;
  time += std::chrono::seconds(*second);
  if (!text.take(".")) return time;
  const auto fraction = take_fraction(text);
  return fraction ? std::optional(time + *fraction) : std::nullopt;
}

// `Z`, `+01:00`, `-0500`, or nothing, which is UTC: by how much the clock on the wall is ahead of it.
std::optional<std::chrono::minutes> take_offset(Scanner& text) {
  if (text.done() || text.take("Zz")) return std::chrono::minutes(0);
  const bool west = text.take("-");
  if (!west && !text.take("+")) return std::nullopt;
  const auto hour = text.digits(2);
  text.take(":");
  const auto minute = text.digits(2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  const std::chrono::minutes ahead = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  return west ? -ahead : ahead;
}

std::optional<Instant> read_date_time(std::string_view text) {
  Scanner scanner(text);
  const auto date = take_date(scanner);
  if (!date) return std::nullopt;
  if (scanner.done()) return *date;
  if (!scanner.take("Tt ")) return std::nullopt;
  const auto time = take_time_of_day(scanner);
  const auto ahead = time ? take_offset(scanner) : std::nullopt;
  if (!ahead || !scanner.done()) return std::nullopt;
  return *date + *time - *ahead;
}

Instant from_epoch(double number, std::string_view text) {
  constexpr double kSmallestMilliseconds = 1e11;  // as seconds this is the year 5138
  constexpr double kSmallestSeconds = 1e8;        // 1973; 20230328 is no second that anybody means
  const double size = std::abs(number);
  if (!std::isfinite(number) || size > 1e15) refuse(text);
  if (size > 0 && size < kSmallestSeconds) {
    throw Error(Failure::usage, fmt::format("\"{}\" is too small for epoch seconds; write a date with "
                                            "dashes, 2026-11-23",
                                            text));
  }
  return Instant(milliseconds(std::llround(size >= kSmallestMilliseconds ? number : number * 1000)));
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
  if (const auto instant = read_date_time(text)) return *instant;
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) refuse(text);
  return from_epoch(number, text);
}

std::optional<Seconds> plain_time(std::string_view text) {
  constexpr std::size_t kWithoutZone = 19;
  if (text.size() > kWithoutZone + 1 || text.size() < kWithoutZone) return std::nullopt;
  const auto instant = read_date_time(text);
  const auto second = instant ? std::chrono::floor<std::chrono::seconds>(*instant) : Seconds();
  return instant && second == *instant ? std::optional(second) : std::nullopt;
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
