#include "alpaca/reconnect.h"

#include <doctest/doctest.h>

#include "base/log.h"

namespace ctt {

using alpaca::Reconnect;
using namespace std::chrono_literals;

namespace {

const Reconnect::Steady::time_point kStart(1000h);

// Waits that are what they are at most, so that the bounds can be seen.
Reconnect::Options doubling() {
  Reconnect::Options options;
  options.waits = {.first = 1s, .longest = 60s, .at_least = 500ms};
  return options;
}

// The longest wait in many tries, `failures` connections after the beginning.
std::chrono::milliseconds longest_wait(int failures, const std::function<void(Reconnect&)>& each) {
  base::set_log(-1, base::LogFormat::text);  // what goes wrong here goes wrong on purpose
  auto longest = 0ms;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Reconnect reconnect("a stream", doubling(), seed);
    for (int i = 0; i < failures; ++i) each(reconnect);
    auto wait = 0ms;
    while (!reconnect.due(kStart + wait)) wait += 100ms;
    longest = std::max(longest, wait);
  }
  return longest;
}

TEST_CASE("the first connection is due at once") { CHECK(Reconnect("a stream", doubling()).due(kStart)); }

TEST_CASE("waits grow to a minute, also when each connection was greeted and accepted") {
  const auto greeted = [](Reconnect& reconnect) {
    reconnect.serving(kStart - 1s);
    reconnect.lost(kStart, "closed");
  };
  CHECK(longest_wait(1, greeted) <= 1s);
  const auto fourth = longest_wait(4, greeted);
  CHECK(fourth > 6s);
  CHECK(fourth <= 8s);
  const auto tenth = longest_wait(10, greeted);
  CHECK(tenth > 50s);
  CHECK(tenth <= 60s);
}

TEST_CASE("a minute of service, or something delivered, begins the waits anew") {
  CHECK(longest_wait(10, [](Reconnect& reconnect) {
          reconnect.serving(kStart - 60s);
          reconnect.lost(kStart, "closed");
        }) <= 1s);
  CHECK(longest_wait(10, [](Reconnect& reconnect) {
          reconnect.serving(kStart - 1s);
          reconnect.delivered();
          reconnect.lost(kStart, "closed");
        }) <= 1s);
  CHECK(longest_wait(10, [](Reconnect& reconnect) {  // before it serves it delivers nothing
          reconnect.delivered();
          reconnect.lost(kStart, "closed");
        }) > 50s);
}

TEST_CASE("a server that said no is not asked again within seconds, and its refusals are counted") {
  Reconnect reconnect("a stream", doubling(), 1);
  reconnect.lost(kStart, "closed");
  reconnect.refused(kStart, "error 402");
  CHECK_FALSE(reconnect.due(kStart + 4900ms));
  reconnect.refused(kStart, "error 402");
  CHECK(reconnect.failures() == 3);
  CHECK(reconnect.refusals() == 2);
  reconnect.serving(kStart);
  reconnect.watch(kStart + 59s);
  CHECK(reconnect.failures() == 3);
  reconnect.watch(kStart + 60s);
  CHECK(reconnect.failures() == 0);
  CHECK(reconnect.refusals() == 0);
}

}  // namespace
}  // namespace ctt
