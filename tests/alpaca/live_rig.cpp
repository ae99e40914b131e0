#include "alpaca/live_rig.h"

#include <doctest/doctest.h>

#include "base/log.h"

namespace ctt::support {

using namespace std::chrono_literals;
using market::Timeframe;

namespace {

base::Instant half_a_second_into_the_next_bar(FakeAlpaca& server, Timeframe timeframe) {
  return timeframe.floor(server.now()) + timeframe.duration() + 500ms;
}

}  // namespace

FakeAlpaca* live_server() {
  static const auto server = FakeAlpaca::usable()
                                 ? std::make_unique<FakeAlpaca>(std::vector<std::string>{
                                       "--generate", "20000", "--clock", "2%", "--rate-limit", "0"})
                                 : nullptr;
  return server.get();
}

void check_same(const std::vector<market::Candle>& given, const std::vector<market::Candle>& expected) {
  REQUIRE(given.size() == expected.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    CAPTURE(i);
    CHECK(given[i].volume == doctest::Approx(expected[i].volume).epsilon(1e-9));
    auto same_but_volume = given[i];
    same_but_volume.volume = expected[i].volume;
    CHECK(same_but_volume == expected[i]);
  }
}

alpaca::StreamOptions LiveRig::quick_stream(const FakeAlpaca& server) {
  alpaca::StreamOptions options;
  options.url = alpaca::bar_stream_url(server.endpoints());
  options.symbol = "BTC/USD";
  options.socket.ca_file = server.endpoints().ca_file;
  options.step_timeout = 150ms;
  options.ping_every = 30ms;
  options.dead_after = 150ms;
  options.silent_after = 10s;
  options.reconnect.waits = {.first = 5ms, .longest = 40ms, .at_least = 5ms};
  options.reconnect.refused_wait_min = 10ms;
  return options;
}

alpaca::BarOptions LiveRig::quick_bars() {
  auto options = alpaca::minute_options();
  options.requests_per_minute = 60'000;
  return options;
}

LiveRig::LiveRig(FakeAlpaca& fake, const std::string& width)
    : timeframe(Timeframe::parse(width)),
      server(fake),
      clock(half_a_second_into_the_next_bar(fake, timeframe)),
      minutes(server.endpoints(), std::nullopt, "BTC/USD", Timeframe::parse("1m"), clock, {}, quick_bars()),
      wide(server.endpoints(), std::nullopt, "BTC/USD", timeframe, clock, {}, quick_bars()),
      stream_options(quick_stream(server)) {
  base::set_log(-1, base::LogFormat::text);  // what goes wrong here goes wrong on purpose
  server.call("POST", "/reset");
  connections_before_ = connections();
  move_clock(clock.now());
}

void LiveRig::move_clock(base::Instant to) {
  server.call("POST", "/clock", base::JsonWriter().object().field("now", base::to_rfc3339(to)).end().text());
  clock.set(to);
}

void LiveRig::start_without_stream() {
  alpaca::LiveFeedOptions options;
  options.timeframe = timeframe;
  options.stream = stream_options;
  options.settled = 0s;
  options.fill = {.first = 2ms, .longest = 10ms, .at_least = 2ms};
  feed.emplace(options, server.credentials(), wide, minutes, clock);
  start_ = timeframe.floor(clock.now());
  static_cast<void>(feed->history(0));
}

void LiveRig::open() {
  start_without_stream();
  waits_until([&] { return subscribed(); });
  listen(10ms);  // the acknowledgement
}

bool LiveRig::subscribed() {
  for (const auto& connection : server.call("GET", "/stream").as_array()) {
    auto seen = connection.as_object();
    const auto channel = seen.at("subscriptions").as_object().find("bars");
    if (seen.boolean("open", false) && channel && !channel->as_array().empty()) return true;
  }
  return false;
}

void LiveRig::listen(std::chrono::milliseconds wait) {
  while (true) {
    const auto event = feed->next(wait);
    if (event.kind != trader::FeedEvent::Kind::bar) return;
    CHECK(event.bar.width == timeframe);
    CHECK(event.bar.candle.open_time + timeframe.duration() <= clock.now());
    bars_.push_back(event.bar.candle);
  }
}

void LiveRig::run(int count, int step) {
  for (int minute = 0; minute < count; minute += step) {
    move_clock(clock.now() + step * 1min);
    listen(3ms);
  }
}

bool LiveRig::waits_until(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (std::chrono::steady_clock::now() < until) {
    listen(5ms);
    if (done()) return true;
  }
  return false;
}

void LiveRig::run_until_bars(std::size_t count, int minutes_max) {
  for (int minute = 0; minute < minutes_max && bars_.size() < count; ++minute) run(1);
  waits_until([&] { return bars_.size() >= count; });
}

std::vector<market::Candle> LiveRig::truth(std::size_t count) {
  return wide.closed_candles({start_, start_ + static_cast<std::int64_t>(count - 1) * timeframe.duration()});
}

std::size_t LiveRig::connections() {
  return server.call("GET", "/stream").as_array().size() - connections_before_;
}

std::size_t LiveRig::minute_requests() {
  std::size_t count = 0;
  for (const auto& seen : server.requests("/v1beta3/crypto/us/bars"))
    count += seen.query.as_object().string("timeframe") == "1Min";
  return count;
}

}  // namespace ctt::support
