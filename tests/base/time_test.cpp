#include "base/time.h"

#include "base/error.h"

using namespace ctt::base;
using namespace std::chrono_literals;

TEST_CASE("the forms of a time name the same moment") {
  const Instant noon = Instant(std::chrono::sys_days{std::chrono::November / 23 / 2026} + 12h);
  for (const char* text :
       {"2026-11-23T12:00:00Z", "2026-11-23 12:00:00", "2026-11-23T12:00Z", "2026-11-23T13:00:00+01:00",
        "1795435200", "1795435200000", "2026-11-23T12:00:00.000Z"}) {
    CAPTURE(text);
    CHECK(parse_time(text) == noon);
  }
  CHECK(to_rfc3339(noon) == "2026-11-23T12:00:00Z");
  CHECK(to_rfc3339(noon + 250ms) == "2026-11-23T12:00:00.250Z");
  CHECK(parse_time("2026-11-23") == noon - 12h);
}

TEST_CASE("what is no time is refused with its text") {
  for (const char* text :
       {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-23T12:00:00Zx", "nan", "12:00"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_time(text), Error);
  }
}

TEST_CASE("durations are a number and a unit") {
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("15m") == 15min);
  CHECK(parse_duration("6h") == 6h);
  CHECK(parse_duration("2d") == 48h);
  for (const char* text : {"", "6", "h", "-6h", "6 h", "1.5h"}) CHECK_THROWS_AS(parse_duration(text), Error);
  CHECK(to_words(3h + 12min + 4s) == "3 h 12 min");
  CHECK(to_words(41s) == "41 s");
}

TEST_CASE("the common form of a time is read without a stream, every other form is left alone") {
  const auto noon = std::chrono::floor<std::chrono::seconds>(parse_time("2026-11-23T12:00:20Z"));
  CHECK(plain_time("2026-11-23T12:00:20Z") == noon);
  CHECK(plain_time("2026-11-23 12:00:20") == noon);
  for (const char* other : {"2026-11-23T12:00:20.5Z", "2026-11-23T12:00:20+01:00", "2026-02-30T00:00:00Z",
                            "2026-11-23T24:00:00Z", "2026-11-23", "", "yesterday"}) {
    CHECK_FALSE(plain_time(other).has_value());
  }
}
