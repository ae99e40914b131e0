#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/reconnect.h"
#include "alpaca/stream_messages.h"
#include "alpaca/stream_socket.h"
#include "base/error.h"

namespace ctt::alpaca {

struct StreamOptions {
  std::string url;     ///< `wss://stream.data.alpaca.markets/v1beta3/crypto/us`
  std::string symbol;  ///< `BTC/USD`; more by `BarStream::add`
  SocketOptions socket;
  std::chrono::milliseconds step_timeout{10'000};   ///< for the greeting and each answer at the start
  std::chrono::milliseconds ping_every{20'000};     ///< ours
  std::chrono::milliseconds dead_after{60'000};     ///< without any sign of life
  std::chrono::milliseconds silent_after{180'000};  ///< without a bar
  Reconnect::Options reconnect{};
  /// For how long a refusal before the very first subscription may be a passing one.
  std::chrono::milliseconds start_patience{0};
};

struct StreamEvent {
  enum class Kind {
    idle,        ///< nothing, within the wait
    subscribed,  ///< bars come from now on; those since the last one are to be had elsewhere
    minute,      ///< `minute`, as it came
    silent,      ///< connected, and no bar for `silent_after`; told again after as long
  };
  Kind kind = Kind::idle;
  market::Candle minute;
  std::string symbol{};  ///< of a minute and of silence; `subscribed` is about all
};

/// The minute bars of some instruments as Alpaca streams them, over one connection at a time and as many as it takes.
///
/// Connects, proves who we are, subscribes to bars and their corrections, and does so again whenever
/// the connection is refused, lost, dead (nothing for `dead_after`, not even an answer to our pings) or
/// stuck in its first steps, at the times that Reconnect sets. Nothing is replayed by the server, hence
/// `subscribed`.
///
/// It never gives up what it had once: after the first subscription every refusal is a passing one,
/// whatever its code, and so is the limit of connections (406) at any time, since a dead connection of
/// ours may count against it for minutes and bars come by REST meanwhile.
///
/// Throws only before the first subscription, when a refusal lasts longer than `start_patience`: Error(keys)
/// for keys or rights, Error(refused) for the subscription or the address; and Error(unreachable) at
/// once for a certificate that is not to be trusted.
///
/// No thread: it works while `next` runs, on the caller's thread.
class BarStream {
 public:
  BarStream(StreamOptions options, Credentials credentials);

  /// One more instrument; before the first `next`.
  void add(const std::string& symbol);

  StreamEvent next(std::chrono::milliseconds wait);

  /// Gives the connection up for a better one, at the usual time.
  void reconnect(const std::string& reason);

  /// Connections that the server refused, in all.
  std::size_t refusals() const { return reconnect_.refusals_total(); }

 private:
  using Steady = std::chrono::steady_clock;
  enum class Step { waiting, opening, greeting, authenticating, subscribing, streaming };

  void look_at_the_time(Steady::time_point now);
  void listen(std::chrono::milliseconds at_most);
  void connect(Steady::time_point now);
  void enter(Step step);
  void lost(const std::string& reason);
  void close();
  void refused(base::Failure failure, const std::string& said, const std::string& sentence);
  void take(const SocketEvent& event);
  void take(const StreamMessage& message);
  void take_error(const StreamMessage& message);
  void take_refusal(int http_status);
  void subscribed(const StreamMessage& state);
  std::string symbols_text() const;

  StreamOptions options_;
  std::vector<std::string> symbols_;
  Credentials credentials_;
  Url url_;
  Reconnect reconnect_;
  std::unique_ptr<StreamSocket> socket_;
  std::deque<StreamEvent> events_;
  Step step_ = Step::waiting;
  bool ever_subscribed_ = false;
  std::optional<Steady::time_point> refused_since_;  // before the first subscription
  Steady::time_point step_since_;
  Steady::time_point heard_at_;  // any sign of life
  Steady::time_point pinged_at_;
  std::map<std::string, Steady::time_point>
      minute_at_;  // of each: the last bar, or the last complaint about there being none
};

}  // namespace ctt::alpaca
