#include "alpaca/backoff.h"

#include <doctest/doctest.h>

namespace ctt {

using namespace alpaca;
using namespace std::chrono_literals;

TEST_CASE("waits are drawn from 0 to a bound that doubles until it is the longest") {
  Backoff backoff({.first = 100ms, .longest = 800ms}, 1);
  for (const auto bound : {100ms, 200ms, 400ms, 800ms, 800ms, 800ms}) {
    const auto wait = backoff.next();
    CHECK(wait >= 0ms);
    CHECK(wait <= bound);
  }
  CHECK(backoff.failures() == 6);
  backoff.reset();
  CHECK(backoff.next() <= 100ms);

  Backoff many({.first = 100ms, .longest = 100ms, .at_least = 20ms}, 2);
  auto least = 100ms, most = 0ms;
  for (int i = 0; i < 1000; ++i) {
    const auto wait = std::chrono::milliseconds(many.next());
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  CHECK(least == 20ms);
  CHECK(most > 95ms);
}

}  // namespace ctt
