#include "cmd/events.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

void append(store::Transaction& change, const std::string& type, const std::string& payload, const char* at) {
  store::events::append(change, {.seq = 0,
                                 .ts = sample::at(at),
                                 .type = type,
                                 .schedule_id = "btc",
                                 .cycle_number = 17,
                                 .payload = payload});
}

/// Three events: 1 and 2 of yesterday, 3 of today.
void fill(store::Transaction& change) {
  append(change, "continuous_cycle_start", R"({"schedule_id":"btc","cycle_number":17,"bars":1000})",
         "2026-11-22T12:00:00Z");
  append(change, "continuous_cycle_progress", R"({"schedule_id":"btc","cycle_number":17,"phase":"train"})",
         "2026-11-22T12:01:00Z");
  append(change, "continuous_cycle_complete",
         R"({"schedule_id":"btc","cycle_number":17,"decision":"deployed","model_version":2})",
         "2026-11-23T12:00:00Z");
}

// The seqs of the objects that were printed.
std::string seqs(const std::string& lines) {
  std::istringstream in(lines);
  std::string found;
  for (std::string line; std::getline(in, line);) {
    found += fmt::format("{} ", base::JsonValue::parse(line, "line").as_object().integer("seq"));
  }
  return found;
}

std::string listed(Desk& desk, std::optional<std::string> since, std::optional<std::string> type = {}) {
  Events command;
  command.since = std::move(since);
  command.type = std::move(type);
  Globals json;
  json.json = true;
  REQUIRE(desk.run(command, json) == 0);
  return seqs(desk.out());
}

}  // namespace

TEST_CASE("with --json events are the objects that a WebSocket client gets") {
  Desk desk;
  desk.change(fill);
  Events command;
  command.since = "2";
  Globals json;
  json.json = true;
  REQUIRE(desk.run(command, json) == 0);
  CHECK(
      desk.out() ==
      R"({"type":"continuous_cycle_complete","seq":3,"ts":"2026-11-23T12:00:00Z","schedule_id":"btc","cycle_number":17,"decision":"deployed","model_version":2})"
      "\n");
}

TEST_CASE("people get a line for each") {
  Desk desk;
  desk.change(fill);
  Events command;
  command.since = "2";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() ==
        "     3  today 12:00:00    continuous_cycle_complete   btc cycle 17   decision deployed, "
        "model_version 2\n");
}

TEST_CASE("events are chosen by seq, time and type") {
  Desk desk;
  CHECK(listed(desk, {}).empty());
  desk.change(fill);
  CHECK(listed(desk, {}) == "1 2 3 ");
  CHECK(listed(desk, "1") == "2 3 ");
  CHECK(listed(desk, "2026-11-23") == "3 ");
  CHECK(listed(desk, "2026-11-22T12:01:00Z") == "2 3 ");
  CHECK(listed(desk, {}, "continuous_cycle_start") == "1 ");
  CHECK(listed(desk, "1", "continuous_cycle_start").empty());
  Events command;
  command.since = "last week";
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("events that were dropped with age are not passed over in silence") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    fill(change);
    store::events::prune(change, {.kept = std::chrono::days(90)}, sample::at("2027-03-01T00:00:00Z"));
  });
  Events command;
  command.since = "0";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out().empty());
  CHECK(desk.err().find("have been dropped") != std::string::npos);
}

TEST_CASE("following begins with the newest ten and prints what comes, until a signal") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    for (int i = 0; i < 12; ++i) append(change, "training_update", "{}", "2026-11-23T11:00:00Z");
  });
  Events command;
  command.follow = true;
  int looks = 0;
  command.stop_signal = [&] {
    if (++looks == 2)
      desk.change(
          [](store::Transaction& change) { append(change, "experiment_end", "{}", "2026-11-23T12:00:00Z"); });
    return looks < 4 ? 0 : 15;
  };
  Globals json;
  json.json = true;
  CHECK(desk.run(command, json) == 143);
  CHECK(seqs(desk.out()) == "3 4 5 6 7 8 9 10 11 12 13 ");
}

TEST_CASE("a type that no event has is refused instead of waited for") {
  Desk desk;
  desk.change(fill);
  Events command;
  command.type = "continuous_cycle_completed";
  const auto refused = desk.refusal(command);
  CHECK(refused.exit_status == 2);
  CHECK(refused.sentence.find("continuous_cycle_complete\"?") != std::string::npos);
  CHECK(listed(desk, std::nullopt, "continuous_model_deployed") == "");
}
