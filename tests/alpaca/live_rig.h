#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/bar_source.h"
#include "alpaca/fake_server.h"
#include "alpaca/live_feed.h"

namespace ctt::support {

/// The fake server that the cases share, each going on where the one before left its market; nothing
/// where it cannot run.
FakeAlpaca* live_server();

/// Bars that are the same, but for the last digits of their volumes: REST rounds sums.
void check_same(const std::vector<market::Candle>& given, const std::vector<market::Candle>& expected);

/// A live feed on a fake Alpaca whose clock the test moves. All of the feed's patience is measured in
/// hundredths of a second.
class LiveRig {
 public:
  /// The market stands half a second after a bar's end, later than any rig before it.
  explicit LiveRig(FakeAlpaca& server, const std::string& timeframe = "5m");

  static alpaca::StreamOptions quick_stream(const FakeAlpaca& server);
  static alpaca::BarOptions quick_bars();

  /// Connects; call it before the market moves. Faults are best set before.
  void open();
  /// The same where no stream can be had; bars come by REST.
  void start_without_stream();
  /// Whether a connection serves bars at present.
  bool subscribed();
  /// Moves the market on by minutes, the feed listening after each `step` of them.
  void run(int minutes, int step = 1);
  void run_until_bars(std::size_t count, int minutes_max);
  /// Takes bars for as long as it takes `done` to be true, five seconds at most; false when it never was.
  bool waits_until(const std::function<bool()>& done);

  /// What REST says by now of the first `count` bars on the grid.
  std::vector<market::Candle> truth(std::size_t count);

  /// How many connections were made since the rig began, and how many requests for minutes.
  std::size_t connections();
  std::size_t minute_requests();

  base::Seconds start() const { return start_; }  ///< opening time of the first bar to come
  const std::vector<market::Candle>& bars() const { return bars_; }

  const market::Timeframe timeframe;
  FakeAlpaca& server;
  base::ManualClock clock;
  alpaca::BarSource minutes;
  alpaca::BarSource wide;  ///< of the timeframe
  alpaca::StreamOptions stream_options;
  std::optional<alpaca::LiveFeed> feed;

 private:
  void move_clock(base::Instant to);
  void listen(std::chrono::milliseconds wait);

  base::Seconds start_{};
  std::size_t connections_before_ = 0;
  std::vector<market::Candle> bars_;
};

}  // namespace ctt::support
