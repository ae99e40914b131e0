#include "alpaca/http_result.h"

#include <doctest/doctest.h>

#include "alpaca/answers.h"

namespace ctt {

using namespace alpaca;
using namespace std::chrono_literals;

namespace {

const base::Seconds kNoon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h};

}  // namespace

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
