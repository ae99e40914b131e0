#include "alpaca/retry.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace ctt {

using namespace alpaca;
using namespace std::chrono_literals;

namespace {

HttpResult answer(int status) {
  HttpResult result;
  result.status = status;
  return result;
}

HttpResult without_answer(Transport transport) {
  HttpResult result;
  result.transport = transport;
  return result;
}

const base::Seconds kNoon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h};

base::Failure raised(const HttpResult& result) {
  try {
    raise(result, "the bars", "https://data.alpaca.markets/bars?symbols=X");
  } catch (const base::Error& error) {
    CHECK(std::string(error.what()).find('?') == std::string::npos);
    return error.failure();
  }
}

}  // namespace

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

TEST_CASE("an unwanted result is an error of the kind that an operator acts on") {
  CHECK(raised(answer(401)) == base::Failure::keys);
  CHECK(raised(answer(403)) == base::Failure::keys);
  CHECK(raised(answer(422)) == base::Failure::usage);
  CHECK(raised(answer(429)) == base::Failure::unreachable);
  CHECK(raised(answer(503)) == base::Failure::unreachable);
  CHECK(raised(without_answer(Transport::timeout)) == base::Failure::unreachable);
}

TEST_CASE("a result is described by its message, never by markup") {
  auto result = answer(422);
  result.body = R"({"code":40010001,"message":"client_order_id must be unique"})";
  CHECK(result.describe() == "HTTP 422 (client_order_id must be unique)");
  result.body = "  <html><body>Bad gateway</body></html>";
  CHECK(result.describe() == "HTTP 422 (an HTML page)");
  result.body = "";
  CHECK(result.describe() == "HTTP 422");
  result.body.assign(5000, 'x');
  result.body += "\x1b[31m";
  CHECK(result.describe().size() < 250);
}

TEST_CASE("clocks are compared by the server's second and half the way of the answer") {
  auto result = answer(200);
  CHECK_FALSE(result.clock_ahead(kNoon).has_value());
  result.date = kNoon;
  result.took = 200ms;
  CHECK(result.clock_ahead(base::Instant(kNoon) + 10'600ms) == 10s);
}

}  // namespace ctt
