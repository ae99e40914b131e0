#include "base/time.h"

#include "base/error.h"

using namespace ctt::base;
using namespace std::chrono_literals;

TEST_CASE("the forms of a time name the same moment") {
  const Instant noon = Instant(std::chrono::sys_days{std::chrono::November / 23 / 2026} + 12h);
  for (const char* text :
       {"2026-11-23T12:00:00Z", "2026-11-23 12:00:00", "2026-11-23T12:00Z", "2026-11-23T13:00:00+01:00",
        "1795435200", "1795435200000", "2026-11-23T12:00:00.000Z", "2026-11-23t12:00:00z",
        "2026-11-23T12:00:00.000000000-00:00", "2026-11-23T07:00:00-0500", "2026-11-23T12:00"}) {
    CAPTURE(text);
    CHECK(parse_time(text) == noon);
  }
  CHECK(to_rfc3339(noon) == "2026-11-23T12:00:00Z");
  CHECK(to_rfc3339(noon + 250ms) == "2026-11-23T12:00:00.250Z");
  CHECK(parse_time("2026-11-23") == noon - 12h);
}

TEST_CASE("a fraction of one to nine digits is read, and cut to the millisecond") {
  const auto second = parse_time("2024-11-02T02:00:19Z");
  CHECK(parse_time("2024-11-02T02:00:19.3Z") == second + 300ms);
  CHECK(parse_time("2024-11-02T02:00:19.31Z") == second + 310ms);
  CHECK(parse_time("2024-11-02T02:00:19.319731Z") == second + 319ms);
  CHECK(parse_time("2024-11-02T02:00:19.31973121Z") == second + 319ms);
  CHECK(parse_time("2024-11-01T22:00:19.319731219-04:00") == second + 319ms);
  CHECK(parse_time("2024-11-02 02:00:19.999999999") == second + 999ms);
  for (const char* text : {"2024-11-02T02:00:19.Z", "2024-11-02T02:00:19.0000000001Z",
                           "2024-11-02T02:00:19,5Z", "2024-11-02T02:00.5Z", "2024-11-02T02:00:19.5 Z"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_time(text), Error);
  }
}

TEST_CASE("an offset has hours up to 23 and minutes up to 59, both written") {
  CHECK(parse_time("2026-11-23T00:00:00+23:59") == parse_time("2026-11-22T00:01:00Z"));
  for (const char* offset : {"-24:00", "+10:60", "+01", "+1:00", "+01:0", "+01:00:00", "Z+01:00", "+-1:00"}) {
    CAPTURE(offset);
    CHECK_THROWS_AS(parse_time(std::string("2026-11-23T00:00:00") + offset), Error);
  }
}

TEST_CASE("a number too small for epoch seconds of any market is a date that lacks its dashes") {
  CHECK(parse_time("0") == Instant());
  CHECK(parse_time("100000000") == parse_time("1973-03-03T09:46:40Z"));
  CHECK_THROWS_WITH_AS(parse_time("20230328"),
                       "\"20230328\" is too small for epoch seconds; write a date with dashes, 2026-11-23",
                       Error);
  for (const char* text : {"2023", "202303", "-20230328", "1.5"}) CHECK_THROWS_AS(parse_time(text), Error);
}

TEST_CASE("what is no time is refused with its text") {
  for (const char* text : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-23T12:00:00Zx", "nan", "12:00",
                           "2026-11-23T24:00:00Z", "2026-11-23T12:60:00Z", "2026-11-23T12:00:60Z",
                           "2026-11-23T", "2026-11-23T12", "2026-11-23Z", "2026-02-29", "2026-11-2312:00:00Z",
                           " 2026-11-23", "26-11-23", "+26-11-23"}) {
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

TEST_CASE("times before 1970 and of leap days are read and written the same way") {
  for (const char* text : {"1969-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "2024-02-29T12:00:00Z",
                           "2000-02-29T00:00:00.001Z", "9999-12-31T23:59:59.999Z"}) {
    CAPTURE(text);
    CHECK(to_rfc3339(parse_time(text)) == text);
  }
  CHECK(parse_time("1969-12-31T23:59:59.5Z").time_since_epoch() == -500ms);
  CHECK(to_rfc3339(Instant(-1ms)) == "1969-12-31T23:59:59.999Z");
  CHECK(to_minute(Instant(-1ms)) == "1969-12-31 23:59");
  CHECK(to_minute(parse_time("2026-11-23T12:34:59.999Z")) == "2026-11-23 12:34");
}

TEST_CASE("a length of time is told in its two largest units, a negative one with its sign") {
  CHECK(to_words(0s) == "0 s");
  CHECK(to_words(60s) == "1 min");
  CHECK(to_words(61s) == "1 min 1 s");
  CHECK(to_words(1h) == "1 h");
  CHECK(to_words(1h + 59s) == "1 h");
  CHECK(to_words(24h) == "1 d");
  CHECK(to_words(53h + 59min) == "2 d 5 h");
  CHECK(to_words(-(3h + 12min)) == "-3 h 12 min");
}

TEST_CASE("a duration beyond a billion of its unit, or of another unit, is refused with its text") {
  CHECK(parse_duration("1w") == 168h);
  CHECK(parse_duration("0s") == 0s);
  for (const char* text : {"1000000000s", "99999999999999999999s", "5y", "5M", "5 ", "+5s", "5ms"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(parse_duration(text), doctest::Contains(text), Error);
  }
}

TEST_CASE("a clock that a test sets stands, goes on and goes back as it is told") {
  ManualClock clock(parse_time("2026-11-23T12:00:00Z"));
  const auto noon = clock.now();
  CHECK(clock.now() == noon);
  clock.advance(250ms);
  CHECK(clock.now() == noon + 250ms);
  clock.advance(-1h);
  CHECK(clock.now() == noon + 250ms - 1h);
  clock.set(noon);
  CHECK(clock.now() == noon);
}

TEST_CASE("the machine's clock gives the present in whole milliseconds") {
  const auto before = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto now = SystemClock().now();
  CHECK(before <= now);
  CHECK(now - before < 10s);
}
