#pragma once

#include <vector>

#include "report/axis.h"

namespace ctt::report {

/// At most `count` beginnings of years, quarters, months, days or hours, UTC, inside of [first, last]
/// (seconds since 1970). A label says what changed: `2018`, `Apr`, `3 Jan`, `06:00`.
std::vector<AxisTick> date_ticks(double first, double last, int count);

}  // namespace ctt::report
