#include "alpaca/retry_rules.h"

#include <doctest/doctest.h>

#include "alpaca/answers.h"

namespace ctt {

using namespace alpaca;
using namespace std::chrono_literals;

namespace {

const base::Seconds kNoon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h};

}  // namespace

TEST_CASE("what may be better a moment later is tried again, everything else is not") {
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(worth_retrying(answer(status)));
  for (const int status : {200, 302, 400, 401, 403, 404, 422, 501})
    CHECK_FALSE(worth_retrying(answer(status)));
  for (const auto transport :
       {Transport::timeout, Transport::refused, Transport::reset, Transport::unresolved})
    CHECK(worth_retrying(without_answer(transport)));
  for (const auto transport : {Transport::tls, Transport::too_large, Transport::stopped})
    CHECK_FALSE(worth_retrying(without_answer(transport)));
}

TEST_CASE("a server's wish is followed: Retry-After, else the reset of its limit by its own clock") {
  auto result = answer(429);
  CHECK_FALSE(asked_wait(result, kNoon).has_value());
  result.rate_limit.reset = kNoon + 20s;
  CHECK(asked_wait(result, kNoon) == 20s);
  result.date = kNoon + 15s;  // our clock is behind
  CHECK(asked_wait(result, kNoon) == 5s);
  result.rate_limit.reset = kNoon + 15min;
  CHECK_FALSE(asked_wait(result, kNoon).has_value());
  result.retry_after = 7s;
  CHECK(asked_wait(result, kNoon) == 7s);
}

}  // namespace ctt
