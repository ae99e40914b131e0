#include "notify/settings.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "notify/message.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::notify;

TEST_CASE("an alarm goes over https, or stays on this machine") {
  CHECK_NOTHROW(check_address("notify.url", "https://ntfy.sh/topic"));
  CHECK_NOTHROW(check_address("notify.url", "http://127.0.0.1:9/x?y=1"));
  CHECK_NOTHROW(check_address("notify.url", "http://localhost:9/"));
  for (const char* url :
       {"http://ntfy.sh/topic", "http://127.0.0.1.example.com/", "ftp://x", "file:///etc/passwd", "x"}) {
    CAPTURE(url);
    CHECK_THROWS_AS(check_address("notify.url", url), base::Error);
  }
}

TEST_CASE("events are chosen by name, a misspelled one is refused, and a test always arrives") {
  CHECK(parse_kinds("all").size() == alarm_kinds().size());
  CHECK(parse_kinds("halted, trader_gone") ==
        std::set<std::string>{"halted", "test", "trader_gone", "unit_failed"});
  CHECK_THROWS_WITH_AS(parse_kinds("haltd"),
                       "notify.events: there is no alarm \"haltd\" (did you mean \"halted\"?)", base::Error);
}

TEST_CASE("a secret is a line of a file that others cannot read") {
  const support::Scratch scratch;
  const auto file = scratch / "secret";
  base::write_file_atomically(file, "  token \n", 0600);
  CHECK(read_secret(file) == "token");
  base::write_file_atomically(file, "token", 0644);
  CHECK_THROWS_AS(read_secret(file), base::Error);
  base::write_file_atomically(file, "two\nlines", 0600);
  CHECK_THROWS_AS(read_secret(file), base::Error);
  base::write_file_atomically(file, " \n", 0600);
  CHECK_THROWS_AS(read_secret(file), base::Error);
}

TEST_CASE("an alarm is one JSON object, or one line for a person") {
  store::Alarm alarm;
  alarm.id = 7;
  alarm.kind = "halted";
  alarm.level = "critical";
  alarm.schedule_id = "btc";
  alarm.reason = "the trader of btc is halted: a \"look\"";
  alarm.command = "ctt trade resume --schedule btc";
  alarm.since = alarm.raised_at = base::parse_time("2026-11-23T12:00:20Z");
  auto json = base::JsonValue::parse(alarm_json(alarm), "alarm").as_object();
  CHECK(json.string("event") == "halted");
  CHECK(json.string("reason") == alarm.reason);
  CHECK(json.string("since") == "2026-11-23T12:00:20Z");
  CHECK(alarm_text(alarm).starts_with(
      "ctt critical, btc: the trader of btc is halted: a \"look\", since 2026-11-23T12:00:20Z ("));
  CHECK(alarm_text(alarm).ends_with("); ctt trade resume --schedule btc"));
}
