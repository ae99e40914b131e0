#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "alpaca/retry.h"
#include "alpaca/stream_messages.h"
#include "alpaca/stream_socket.h"

namespace ctt::alpaca {

struct StreamOptions {
  std::string url;     ///< `wss://stream.data.alpaca.markets/v1beta3/crypto/us`
  std::string symbol;  ///< `BTC/USD`
  SocketOptions socket;
  std::chrono::milliseconds step_timeout{10'000};   ///< for the greeting and each answer at the start
  std::chrono::milliseconds ping_every{20'000};     ///< ours
  std::chrono::milliseconds dead_after{60'000};     ///< without any sign of life
  std::chrono::milliseconds silent_after{180'000};  ///< without a bar
  std::chrono::milliseconds sound_after{60'000};    ///< a connection that lived so long was a good one
  Backoff::Bounds reconnect{std::chrono::milliseconds(1000), std::chrono::milliseconds(60'000),
                            std::chrono::milliseconds(500)};
  std::chrono::milliseconds limited_first{5'000};  ///< waits while another connection is in the way
  std::chrono::milliseconds limited_longest{30'000};
  std::chrono::milliseconds patience{200'000};  ///< with that, and until the very first connection stands
};

struct StreamEvent {
  enum class What {
    idle,        ///< nothing, within the wait
    subscribed,  ///< bars come from now on; those since the last one are to be had elsewhere
    minute,      ///< `minute`, as it came
    silent,      ///< connected, and no bar for `silent_after`; told again after as long
  };
  What what = What::idle;
  market::Candle minute;
};

/// The minute bars of one instrument as Alpaca streams them, over as many connections as it takes.
///
/// Connects, proves who we are, subscribes to bars and their corrections, and does so again whenever
/// the connection is lost, dead (nothing for `dead_after`, not even an answer to our pings) or stuck in
/// its first steps: after waits that grow with full jitter, and shrink again only when a connection
/// brought a bar or lived for `sound_after`. A dead connection of ours may count against the limit of
/// connections for minutes: that is waited out. Nothing is replayed by the server, hence `subscribed`.
///
/// Throws what no wait mends: Error(keys) for keys or rights that are refused, Error(refused) for a
/// subscription or an address that is, Error(busy) when another program uses the stream for longer than
/// `patience`, Error(unreachable) when a certificate is bad, or no connection came about, at the start.
///
/// No thread: it works while `next` runs, on the caller's thread.
class BarStream {
 public:
  BarStream(StreamOptions options, Credentials credentials);

  StreamEvent next(std::chrono::milliseconds wait);

  /// Gives the connection up for a better one, after the usual wait.
  void reconnect(const std::string& reason);

 private:
  using Steady = std::chrono::steady_clock;
  enum class Step { waiting, opening, greeting, authenticating, subscribing, streaming };

  void look_at_the_time(Steady::time_point now);
  void listen(std::chrono::milliseconds at_most);
  void connect(Steady::time_point now);
  void enter(Step step);
  void lost(const std::string& reason);
  void wait_for(std::chrono::milliseconds wait, const std::string& reason);
  void limited();
  void take(const SocketEvent& event);
  void take(const StreamMessage& message);
  void take_error(const StreamMessage& message);
  void take_refusal(int http_status);
  void subscribed(const StreamMessage& state);

  StreamOptions options_;
  Credentials credentials_;
  Url url_;
  Backoff backoff_;
  std::unique_ptr<StreamSocket> socket_;
  std::deque<StreamEvent> events_;
  Step step_ = Step::waiting;
  bool ever_subscribed_ = false;
  Steady::time_point began_;
  Steady::time_point step_since_;
  Steady::time_point retry_at_;
  Steady::time_point heard_at_;  // any sign of life
  Steady::time_point pinged_at_;
  Steady::time_point minute_at_;  // the last bar, or the last complaint about there being none
  std::chrono::milliseconds limited_wait_{0};
  std::optional<Steady::time_point> limited_since_;
};

}  // namespace ctt::alpaca
