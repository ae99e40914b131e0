#include "schedule/slots.h"

#include <rapidcheck.h>

#include "store/sample.h"

namespace ctt {

using namespace sample;
using namespace std::chrono_literals;
using schedule::Config;
using schedule::Misfire;

namespace {

// Every six hours at 20 s past: 00:00:20, 06:00:20, 12:00:20, 18:00:20.
Config six_hourly(Misfire misfire = Misfire::run_once) {
  Config config;
  config.misfire = misfire;
  return config;
}

store::Schedule waiting_for(std::string_view next) {
  auto s = schedule_row("btc");
  s.next_cycle_at = at(next);
  return s;
}

struct Row {
  Misfire misfire;
  std::string_view now;
  std::string_view slot;  // "-": nothing to run
  std::int64_t missed;
  std::string_view next;
};

}  // namespace

TEST_CASE("slots lie on a grid through the anchor, in UTC, whatever the clocks of a country do") {
  const auto config = six_hourly();
  CHECK(schedule::slot_after(config, at("2026-11-23T12:00:19Z")) == at("2026-11-23T12:00:20Z"));
  CHECK(schedule::slot_after(config, at("2026-11-23T12:00:20Z")) == at("2026-11-23T18:00:20Z"));
  CHECK(schedule::slot_at_or_before(config, at("2026-11-23T12:00:20Z")) == at("2026-11-23T12:00:20Z"));
  CHECK(schedule::slot_at_or_before(config, at("2026-11-23T00:00:00Z")) == at("2026-11-22T18:00:20Z"));
  // 2026-03-29 and 2026-10-25 have 23 and 25 hours in Europe.
  CHECK(schedule::slot_after(config, at("2026-03-29T00:30:00Z")) == at("2026-03-29T06:00:20Z"));
  CHECK(schedule::slot_after(config, at("2026-10-25T00:30:00Z")) == at("2026-10-25T06:00:20Z"));
  CHECK(schedule::slot_at_or_before(config, at("1969-12-31T23:00:00Z")) == at("1969-12-31T18:00:20Z"));

  Config quarter = six_hourly();
  quarter.interval = 15min;
  quarter.anchor = 0s;
  CHECK(schedule::slot_after(quarter, at("2026-11-23T12:14:59Z")) == at("2026-11-23T12:15:00Z"));
}

TEST_CASE("the next slot is after now and at most an interval away") {
  rc::check("for any interval, anchor and time", [] {
    Config config;
    config.interval = std::chrono::minutes(*rc::gen::inRange(1, 20000));
    config.anchor = std::chrono::seconds(*rc::gen::inRange(0, 86400));
    const base::Instant now{std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000))};
    const auto next = schedule::slot_after(config, now);
    RC_ASSERT(next > now);
    RC_ASSERT(next <= now + config.interval);
    RC_ASSERT(schedule::slot_at_or_before(config, next) == next);
    RC_ASSERT(schedule::slot_after(config, schedule::slot_at_or_before(config, now)) == next);
  });
}

TEST_CASE("what is due at 12:00:20, depending on when somebody looks") {
  const Row rows[] = {
      // a timer on time, a little late, and after a missed one
      {Misfire::run_once, "2026-11-23T12:00:20Z", "2026-11-23T12:00:20Z", 0, "2026-11-23T18:00:20Z"},
      {Misfire::run_once, "2026-11-23T12:47:00Z", "2026-11-23T12:00:20Z", 0, "2026-11-23T18:00:20Z"},
      {Misfire::run_once, "2026-11-23T19:00:00Z", "2026-11-23T18:00:20Z", 1, "2026-11-24T00:00:20Z"},
      // three nights off: 12 slots passed, the newest runs
      {Misfire::run_once, "2026-11-26T09:00:00Z", "2026-11-26T06:00:20Z", 11, "2026-11-26T12:00:20Z"},
      // skip: on time and within the hour it runs, later it is left out
      {Misfire::skip, "2026-11-23T12:00:20Z", "2026-11-23T12:00:20Z", 0, "2026-11-23T18:00:20Z"},
      {Misfire::skip, "2026-11-23T13:00:20Z", "2026-11-23T12:00:20Z", 0, "2026-11-23T18:00:20Z"},
      {Misfire::skip, "2026-11-23T13:00:21Z", "-", 1, "2026-11-23T18:00:20Z"},
      {Misfire::skip, "2026-11-26T09:00:00Z", "-", 12, "2026-11-26T12:00:20Z"},
      {Misfire::skip, "2026-11-26T06:10:00Z", "2026-11-26T06:00:20Z", 11, "2026-11-26T12:00:20Z"},
      // run_all: one after the other, in their order
      {Misfire::run_all, "2026-11-26T09:00:00Z", "2026-11-23T12:00:20Z", 0, "2026-11-23T18:00:20Z"},
  };
  const auto waiting = waiting_for("2026-11-23T12:00:20Z");
  for (const auto& row : rows) {
    CAPTURE(row.now);
    const auto due = schedule::due(waiting, six_hourly(row.misfire), at(row.now));
    REQUIRE(due);
    CHECK(due->slot.has_value() == (row.slot != "-"));
    if (due->slot) CHECK(*due->slot == at(row.slot));
    CHECK(due->missed.slots == row.missed);
    CHECK(due->next == at(row.next));
    CHECK_FALSE(due->clock_went_back);
  }
}

TEST_CASE("run_all makes up for a day's slots, not for a year's") {
  const auto config = six_hourly(Misfire::run_all);
  const auto due = schedule::due(waiting_for("2026-11-23T12:00:20Z"), config, at("2027-11-23T12:00:30Z"));
  REQUIRE(due);
  CHECK(*due->slot == at("2027-11-17T18:00:20Z"));  // 24 slots of six hours, the newest included
  CHECK(due->missed.slots == 4 * 365 - 23);
  CHECK(due->next == at("2027-11-18T00:00:20Z"));
  CHECK(due->backlog);
}

TEST_CASE("missed slots are told from the first to the last") {
  const auto due =
      schedule::due(waiting_for("2026-11-23T12:00:20Z"), six_hourly(), at("2026-11-26T09:00:00Z"));
  CHECK(due->missed.first == at("2026-11-23T12:00:20Z"));
  CHECK(due->missed.last == at("2026-11-26T00:00:20Z"));
}

TEST_CASE("nothing is due before the slot, nor for a schedule that is not active") {
  CHECK_FALSE(schedule::due(waiting_for("2026-11-23T12:00:20Z"), six_hourly(), at("2026-11-23T12:00:19Z")));
  for (const auto status : {store::ScheduleState::idle, store::ScheduleState::paused}) {
    auto s = waiting_for("2026-11-23T12:00:20Z");
    s.status = status;
    CHECK_FALSE(schedule::due(s, six_hourly(), at("2026-11-23T19:00:00Z")));
  }
}

TEST_CASE(
    "a clock adjusted a little waits for the stored slot, one put back far is set on the grid without a "
    "run") {
  auto waiting = waiting_for("2026-11-23T18:00:20Z");
  CHECK_FALSE(schedule::due(waiting, six_hourly(), at("2026-11-23T12:00:19Z")));
  CHECK_FALSE(schedule::due(waiting, six_hourly(), at("2026-11-23T11:00:20Z")));

  // A daily schedule whose clock was a day ahead by mistake must not lose two days to it.
  auto daily = six_hourly();
  daily.interval = 24h;
  const auto next = schedule::due(waiting_for("2026-11-25T00:00:20Z"), daily, at("2026-11-23T12:00:00Z"));
  REQUIRE(next);
  CHECK(next->next == at("2026-11-24T00:00:20Z"));

  // The clock of a machine that woke up in 1970 is no clock.
  waiting.created_at = at("2026-11-01T00:00:00Z");
  CHECK_FALSE(schedule::due(waiting, six_hourly(), at("1970-01-01T00:00:05Z")));
  waiting.created_at = {};

  const auto due = schedule::due(waiting, six_hourly(), at("2026-11-21T09:00:00Z"));
  REQUIRE(due);
  CHECK(due->clock_went_back);
  CHECK_FALSE(due->slot);
  CHECK(due->missed.slots == 0);
  CHECK(due->next == at("2026-11-21T12:00:20Z"));
}

}  // namespace ctt
