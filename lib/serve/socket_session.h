#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "serve/client_slots.h"
#include "serve/hub.h"

namespace ctt::serve {

/// One WebSocket from its upgrade to its end: asks for the token, greets with `hello`, replays what
/// came after `since`, then hands on what the hub pushes. The client may only ping.
///
/// Two coroutines: this one reads, a second one writes.
class SocketSession : public Listener, public std::enable_shared_from_this<SocketSession> {
 public:
  using Upgrade = boost::beast::http::request<boost::beast::http::string_body>;
  struct Start {
    Channel channel = Channel::dashboard;
    std::optional<std::int64_t> since = {};
    bool known = false;  ///< the upgrade carried the token
  };

  SocketSession(boost::beast::tcp_stream stream, Hub& hub, Start start);
  ~SocketSession() override;

  /// `slot` is admitted with the token.
  boost::asio::awaitable<void> run(Upgrade upgrade, ClientSlots::Slot& slot);

  Channel channel() const override { return start_.channel; }
  void push(const SharedFrame& frame) override;
  void look(std::chrono::steady_clock::time_point now) override;
  void leave(std::uint16_t code, const char* reason) override;

 private:
  using steady_clock = std::chrono::steady_clock;

  boost::asio::awaitable<bool> introduce();  ///< false: the client was not let in
  boost::asio::awaitable<void> greet();
  boost::asio::awaitable<void> read_all();
  boost::asio::awaitable<void> write_all();
  boost::asio::awaitable<void> catch_up();
  boost::asio::awaitable<void> write(const Frame& frame);
  void hang_up();

  boost::beast::websocket::stream<boost::beast::tcp_stream> socket_;
  boost::beast::flat_buffer buffer_;
  Hub& hub_;
  Start start_;
  Outbox outbox_;
  boost::asio::steady_timer wake_;
  std::int64_t sent_seq_ = 0;
  bool behind_ = true;        ///< reads from the log itself until it has caught up
  bool status_told_ = false;  ///< what trains, behind hello and what was missed
  bool greeted_ = false;
  steady_clock::time_point heard_ = steady_clock::now();
  steady_clock::time_point pinged_ = steady_clock::now();
  std::optional<steady_clock::time_point> deadline_;  ///< hang up when it passes
  std::optional<steady_clock::time_point> writing_since_;
  bool leaving_ = false;
};

}  // namespace ctt::serve
