#include "alpaca/startup_retry.h"

#include <doctest/doctest.h>

#include "base/log.h"

namespace ctt {

using alpaca::StartupRetry;
using base::Failure;
using namespace std::chrono_literals;

namespace {

constexpr alpaca::Backoff::Bounds kQuick{.first = 1ms, .longest = 4ms, .at_least = 1ms};

// How often a work that is refused `failures` times was tried; throws what it throws.
int tries(const StartupRetry& patience, Failure failure, int failures) {
  base::set_log(-1, base::LogFormat::text);
  int count = 0;
  patience.run([&] {
    if (++count <= failures) throw base::Error(failure, "not now");
    return count;
  });
  return count;
}

}  // namespace

TEST_CASE("a start with patience tries again what may pass") {
  const StartupRetry patience(60s, {}, kQuick);
  for (const auto failure : {Failure::keys, Failure::refused, Failure::not_found, Failure::unreachable})
    CHECK(tries(patience, failure, 3) == 4);
  for (const auto failure : {Failure::usage, Failure::internal, Failure::integrity, Failure::busy})
    CHECK_THROWS_AS(tries(patience, failure, 1), base::Error);
}

TEST_CASE("a start by hand tells the first refusal") {
  CHECK_THROWS_AS(tries(StartupRetry(), Failure::keys, 1), base::Error);
}

TEST_CASE("patience ends, with the last refusal, and at once when the start is stopped") {
  CHECK_THROWS_AS(tries(StartupRetry(30ms, {}, kQuick), Failure::refused, 1'000'000), base::Error);
  CHECK_THROWS_AS(tries(StartupRetry(
                            60s, [] { return true; }, kQuick),
                        Failure::refused, 1),
                  base::Error);
}

}  // namespace ctt
