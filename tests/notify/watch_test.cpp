#include "notify/watch.h"

#include <algorithm>
#include <functional>

#include "base/files.h"
#include "store/events.h"
#include "store/sample.h"

using namespace ctt;
using namespace ctt::notify;
using namespace std::chrono_literals;

namespace {

using std::chrono::steady_clock;

/// A schedule btc and a program that writes what it is told to a file.
struct Alarmed : sample::Ledger {
  base::Home home{scratch.path()};
  base::SystemClock clock;
  NotifySettings settings;

  explicit Alarmed(const std::string& more = "") {
    home.create();
    const auto program = scratch / "record";
    base::write_file_atomically(
        program, fmt::format("#!/bin/sh\ncat >>{}/told\n{}\n", scratch.path().string(), more), 0700);
    settings.command = {program.string()};
    settings.kinds = parse_kinds("halted,cycle_failed");
  }
  std::ptrdiff_t told() {
    const auto file = scratch / "told";
    return base::is_there(file) ? std::ranges::count(base::read_file(file), '\n') : 0;
  }
  void fail_cycles(int count) {
    for (int i = 0; i < count; ++i) {
      store::Transaction change(database, base::Durability::relaxed);
      store::events::append(change, {.ts = clock.now(),
                                     .type = "continuous_cycle_failed",
                                     .schedule_id = "btc",
                                     .cycle_number = i,
                                     .payload = R"({"reason":"timeout","message":"too long"})"});
      change.commit();
    }
  }
};

bool eventually(const std::function<bool()>& condition) {
  for (int tries = 0; tries < 500; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

// What a decision costs, at its median over some: work of its own and the commit of its order.
double median_decision_ms(store::Database& database) {
  std::vector<double> all;
  for (int i = 0; i < 150; ++i) {
    const auto began = steady_clock::now();
    double sum = 0;
    for (int step = 1; step < 20'000; ++step) sum += 1.0 / step;
    store::Transaction change(database, base::Durability::relaxed);
    store::events::append(
        change, {.ts = {}, .type = sum > 0 ? "live_order" : "", .schedule_id = "btc", .cycle_number = {}});
    change.commit();
    all.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - began).count());
    std::this_thread::sleep_for(2ms);
  }
  std::ranges::nth_element(all, all.begin() + 75);
  return all[75];
}

}  // namespace

TEST_CASE("two that watch tell of a halt at once, and only one of them") {
  Alarmed state;
  const Watch here(state.settings, state.home, state.clock, 10ms);
  const Watch there(state.settings, state.home, state.clock, 10ms);
  sample::change(state.database, [&](store::Transaction& change) {
    store::schedules::halt_trader(change, "btc", "for a look", state.clock.now());
  });
  CHECK(eventually([&] { return state.told() == 1; }));
  std::this_thread::sleep_for(200ms);
  CHECK(state.told() == 1);
}

TEST_CASE("whoever ends in good order waits until what was found is sent, but not for long") {
  Alarmed state;
  const auto program = state.scratch / "slow";
  base::write_file_atomically(
      program, fmt::format("#!/bin/sh\nsleep 0.3\ncat >>{}/told\n", state.scratch.path().string()), 0700);
  state.settings.command = {program.string()};
  const auto halt_and_finish = [&](std::chrono::milliseconds most) {
    Watch watch(state.settings, state.home, state.clock, 10ms);
    sample::change(state.database, [&](store::Transaction& change) {
      store::schedules::halt_trader(change, "btc", "for a look", state.clock.now());
    });
    CHECK(eventually([&] { return !store::alarms::newest(state.database, 1).empty(); }));
    watch.finish(most);
    return store::alarms::newest(state.database, 1).at(0);
  };
  SUBCASE("one that takes a moment") {
    const auto alarm = halt_and_finish(10s);
    CHECK(state.told() == 1);
    CHECK(alarm.sent_at.has_value());
  }
  SUBCASE("one that hangs") {
    state.settings.command = {"sleep", "3"};
    const auto began = steady_clock::now();
    CHECK_FALSE(halt_and_finish(50ms).sent_at.has_value());
    CHECK(steady_clock::now() - began < 2s);
  }
}

TEST_CASE("a flood of failures, told to a program that hangs, changes no decision's time by a millisecond") {
  Alarmed state("sleep 100");
  state.settings.time_limit = 400ms;
  store::Database bar_thread(state.database.file());
  const auto before = median_decision_ms(bar_thread);
  const Watch watch(state.settings, state.home, state.clock, 10ms);
  CHECK(eventually([&] { return store::alarms::cursor(state.database).has_value(); }));
  state.fail_cycles(300);
  const auto meanwhile = median_decision_ms(bar_thread);
  CAPTURE(before);
  CHECK(meanwhile < before + 1);
  CHECK(eventually([&] { return state.told() == 1; }));  // of one kind, one a minute
}
