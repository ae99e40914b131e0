#include "report/date_axis.h"

#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace ctt::report {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array kMonthNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;

year_month_day date_of(double seconds) {
  return sys_days(std::chrono::days(static_cast<int>(std::floor(seconds / kDay))));
}

double seconds_of(sys_days day) { return static_cast<double>(day.time_since_epoch().count()) * kDay; }

std::string month_name(year_month_day date) { return kMonthNames.at(unsigned{date.month()} - 1); }

// Every `months` months, counted from a January.
std::vector<AxisTick> month_ticks(double first, double last, int months) {
  std::vector<AxisTick> ticks;
  const int first_year = int{date_of(first).year()};
  for (int i = 0;; i += months) {
    const int year = first_year - first_year % std::max(1, months / 12) + i / 12;
    const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(i % 12) + 1),
                              std::chrono::day(1));
    const double at = seconds_of(date);
    if (at > last) return ticks;
    if (at < first) continue;
    ticks.push_back({at, i % 12 == 0     ? fmt::format("{}", year)
                         : ticks.empty() ? fmt::format("{} {}", month_name(date), year)
                                         : month_name(date)});
  }
}

std::vector<AxisTick> even_ticks(double first, double last, double step) {
  std::vector<AxisTick> ticks;
  for (double at = std::ceil(first / step) * step; at <= last; at += step) {
    const auto date = date_of(at);
    const double hours = (at - seconds_of(date)) / kHour;
    ticks.push_back({at, hours > 0 ? fmt::format("{:02}:00", std::lround(hours))
                                   : fmt::format("{} {}", unsigned{date.day()}, month_name(date))});
  }
  return ticks;
}

}  // namespace

std::vector<AxisTick> date_ticks(double first, double last, int count) {
  if (!(last > first)) return {};
  for (const double hours : {1, 3, 6, 12, 24, 48, 7 * 24, 14 * 24}) {
    if ((last - first) / (hours * kHour) <= count) return even_ticks(first, last, hours * kHour);
  }
  constexpr double kMonth = 30.436875 * kDay;
  for (const int months : {1, 2, 3, 6, 12, 24, 60, 120}) {
    if ((last - first) / (months * kMonth) <= count) return month_ticks(first, last, months);
  }
  return month_ticks(first, last, 1200);
}

}  // namespace ctt::report
