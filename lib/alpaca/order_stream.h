#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/reconnect.h"
#include "alpaca/stream_socket.h"
#include "alpaca/trading_client.h"

namespace ctt::alpaca {

struct OrderStreamOptions {
  std::string url;
  SocketOptions socket;
  Reconnect::Options reconnect{};
  std::chrono::milliseconds answer_timeout{10'000};  ///< of authentication and listening
  std::chrono::milliseconds ping_every{20'000};
  std::chrono::milliseconds dead_after{60'000};  ///< without any sign of life
};

/// Alpaca's order updates as they happen: each tells of one order as it stands.
///
/// An optimisation: what it says is what asking for the order would say, a little sooner. Nothing is
/// replayed and nothing promised, so whoever listens asks as well. It never throws and never gives up;
/// while it is down `take` gives nothing. Connecting, authenticating and waiting for the next try
/// all happen within `take`, on the caller's thread; when to try again is Reconnect's to say.
class OrderStream {
 public:
  OrderStream(OrderStreamOptions options, Credentials credentials);

  /// What came since the last call, oldest first; waits for nothing.
  std::vector<OrderRecord> take();

  bool listening() const { return state_ == State::listening; }
  /// Connections that the server refused, in all.
  std::size_t refusals() const { return reconnect_.refusals_total(); }

 private:
  using Steady = std::chrono::steady_clock;
  enum class State { waiting, opening, authenticating, asking, listening };

  void connect();
  void close();
  void lost(const std::string& reason);
  void refused(const std::string& reason);
  void watch();
  bool take_event(const SocketEvent& event, std::vector<OrderRecord>& orders);
  void take_message(const std::string& text, std::vector<OrderRecord>& orders);
  void take_authorization(base::JsonObject data);
  void enter(State state);

  OrderStreamOptions options_;
  Credentials credentials_;
  Reconnect reconnect_;
  State state_ = State::waiting;
  std::unique_ptr<StreamSocket> socket_;
  Steady::time_point since_ = Steady::now();  // of the state
  Steady::time_point heard_ = Steady::now();
  Steady::time_point pinged_ = Steady::now();
};

}  // namespace ctt::alpaca
