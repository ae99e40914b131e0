#include "alpaca/token_bucket.h"

#include <doctest/doctest.h>

namespace ctt {

using namespace alpaca;
using namespace std::chrono_literals;

TEST_CASE("a bucket lets a burst pass and then a token a third of a second") {
  TokenBucket bucket(180, 3);
  const auto start = TokenBucket::Steady::now();
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(start) == 0ms);
  CHECK(bucket.take(start) == 334ms);  // 1 / (180 a minute), rounded up
  CHECK(bucket.take(start) == 667ms);
  CHECK(bucket.take(start + 10s) == 0ms);
  bucket.at_most(0, start + 10s);
  CHECK(bucket.take(start + 10s) == 334ms);
}

TEST_CASE("in a minute a bucket never gives more than its burst and what flows in") {
  TokenBucket bucket(180, 100);
  auto now = TokenBucket::Steady::now();
  const auto end = now + 60s;
  int requests = 0;
  while (now < end) {
    now += bucket.take(now);
    if (now < end) ++requests;
  }
  CHECK(requests <= 280);
  CHECK(requests >= 270);
}

}  // namespace ctt
