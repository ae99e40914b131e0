#include "trader/decision_times.h"

#include <doctest/doctest.h>

using namespace ctt::trader;
using namespace std::chrono_literals;

TEST_CASE("the times of decisions are told by median, 99th percentile and greatest, of the newest thousand") {
  DecisionTimer timer;
  CHECK_FALSE(timer.newest().has_value());
  timer.add(7us);
  CHECK(timer.newest()->us_p50 == 7);
  CHECK(timer.newest()->us_p99 == 7);
  for (int us = 1; us <= 200; ++us) timer.add(std::chrono::microseconds(us));
  // 201 times, 7 twice: the 101st is 100, and 199 of them do not exceed 198.
  CHECK(timer.newest()->us_p50 == 100);
  CHECK(timer.newest()->us_p99 == 198);
  CHECK(timer.newest()->us_max == 200);
  for (std::size_t i = 0; i < DecisionTimer::kKept; ++i) timer.add(1500ns);
  CHECK(timer.newest()->us_max == 1.5);
}
