#include "serve/socket_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"

namespace ctt::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMessageBytesMax = 4096;
constexpr auto kGoodbye = 500ms;

// The token of `{"type":"auth","token":"..."}`, or nothing for any other text.
std::optional<std::string> offered_token(const std::string& text) {
  try {
    auto object = base::JsonValue::parse(text, "frame").as_object();
    if (object.string("type") != "auth") return std::nullopt;
    return object.string("token");
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

bool is_ping(const std::string& text, Channel channel) {
  if (channel == Channel::live && text == "ping") return true;
  try {
    auto object = base::JsonValue::parse(text, "frame").as_object();
    return object.string("type") == "ping";
  } catch (const base::Error&) {
    return false;
  }
}

}  // namespace

SocketSession::SocketSession(beast::tcp_stream stream, Hub& hub, Start start)
    : socket_(std::move(stream)), hub_(hub), start_(start), wake_(socket_.get_executor()) {}

SocketSession::~SocketSession() { hub_.part(*this); }

asio::awaitable<void> SocketSession::run(Upgrade upgrade, ClientSlots::Slot& slot) {
  const auto self = shared_from_this();
  // A client that does not read fills these and then our outbox, whose size is bounded.
  socket_.next_layer().socket().set_option(asio::socket_base::send_buffer_size(128 * 1024));
  socket_.next_layer().expires_never();
  socket_.read_message_max(kMessageBytesMax);
  socket_.control_callback(
      [this](websocket::frame_type, beast::string_view) { heard_ = steady_clock::now(); });
  deadline_ = steady_clock::now() + hub_.patience().auth;
  hub_.join(*this);
  try {
    co_await socket_.async_accept(upgrade, use_awaitable);
    if (co_await introduce()) {
      slot.admit();
      deadline_.reset();
      co_await greet();
      asio::co_spawn(
          socket_.get_executor(), [self]() { return self->write_all(); }, asio::detached);
      co_await read_all();
    }
  } catch (const boost::system::system_error&) {
    // Gone: closed by either side.
  } catch (const base::Error& error) {
    base::log()->warn("a WebSocket ends: {}", error.what());
  }
  leaving_ = true;
  hub_.part(*this);
  wake_.cancel();
}

asio::awaitable<bool> SocketSession::introduce() {
  if (hub_.rules().token.empty() || start_.known) co_return true;
  co_await socket_.async_read(buffer_, use_awaitable);
  const auto text = beast::buffers_to_string(buffer_.data());
  buffer_.consume(buffer_.size());
  if (const auto token = offered_token(text); token && token_matches(hub_.rules(), *token)) co_return true;
  leave(1008, "the first frame must carry the token");
  co_await socket_.async_read(buffer_, use_awaitable);  // until the close is through
  co_return false;
}

asio::awaitable<void> SocketSession::greet() {
  if (start_.channel == Channel::live) {
    auto greeting = hub_.live_greeting();
    behind_ = false;
    greeted_ = true;  // from here on the outbox takes what comes while these are on their way
    for (auto& text : greeting) {
      const Frame frame{.seq = 0, .text = std::move(text), .merge_key = {}};
      co_await write(frame);
    }
    co_return;
  }
  const auto hello = hub_.hello();
  co_await write(hello);
  sent_seq_ = hello.seq;
  if (start_.since && hub_.can_resume(*start_.since)) {
    sent_seq_ = *start_.since;
  } else if (start_.since) {
    const auto resync = hub_.resync();
    sent_seq_ = std::max(sent_seq_, resync.seq);
    co_await write(resync);
  }
  greeted_ = true;
}

asio::awaitable<void> SocketSession::read_all() {
  while (true) {
    co_await socket_.async_read(buffer_, use_awaitable);
    heard_ = steady_clock::now();
    const auto text = beast::buffers_to_string(buffer_.data());
    buffer_.consume(buffer_.size());
    if (leaving_) continue;
    if (!socket_.got_text() || !is_ping(text, start_.channel)) {
      leave(1008, "only pings are taken here");
    } else if (text != "ping") {
      push(
          hub_.pong());  // a page cannot see the protocol's own pings, and wants to know that somebody is there
    }
  }
}

asio::awaitable<void> SocketSession::write_all() {
  const auto self = shared_from_this();
  try {
    while (!leaving_) {
      if (behind_) {
        co_await catch_up();
      } else if (outbox_.empty()) {
        wake_.expires_after(1h);
        boost::system::error_code woken;
        co_await wake_.async_wait(asio::redirect_error(use_awaitable, woken));
      } else {
        const auto frame = outbox_.pop();
        co_await write(*frame);
      }
    }
  } catch (const boost::system::system_error&) {
    hang_up();
  } catch (const base::Error& error) {
    base::log()->warn("a WebSocket ends: {}", error.what());
    hang_up();
  }
}

asio::awaitable<void> SocketSession::catch_up() {
  const auto frames = hub_.after(sent_seq_);
  behind_ = !frames.empty();
  for (const auto& frame : frames) {
    sent_seq_ = frame->seq;
    co_await write(*frame);
  }
  if (behind_ || status_told_) co_return;
  status_told_ = true;
  if (const auto status = hub_.training_status()) co_await write(*status);
}

asio::awaitable<void> SocketSession::write(const Frame& frame) {
  writing_since_ = steady_clock::now();
  socket_.text(true);
  co_await socket_.async_write(asio::buffer(frame.text), use_awaitable);
  writing_since_.reset();
}

void SocketSession::push(const SharedFrame& frame) {
  if (!greeted_ || behind_ || leaving_ || (frame->seq > 0 && frame->seq <= sent_seq_)) return;
  if (!outbox_.push(frame)) return leave(1013, "too slow; come back with since");
  if (frame->seq > 0) sent_seq_ = frame->seq;
  wake_.cancel();
}

void SocketSession::look(steady_clock::time_point now) {
  const auto& patience = hub_.patience();
  if (deadline_ && now > *deadline_) {
    if (leaving_) return hang_up();
    return leave(1008, "the token did not come in time");
  }
  if (leaving_ || !greeted_) return;
  if (now - heard_ > patience.silence) return hang_up();
  if (writing_since_ && now - *writing_since_ > patience.write)
    return leave(1013, "too slow; come back with since");
  if (now - pinged_ > patience.ping) {
    pinged_ = now;
    socket_.async_ping({}, [self = shared_from_this()](boost::system::error_code) {});
  }
}

void SocketSession::leave(std::uint16_t code, const char* reason) {
  if (leaving_) return;
  leaving_ = true;
  deadline_ = steady_clock::now() + kGoodbye;
  wake_.cancel();
  if (!socket_.is_open()) return hang_up();
  socket_.async_close({static_cast<websocket::close_code>(code), reason},
                      [self = shared_from_this()](boost::system::error_code) { self->hang_up(); });
}

void SocketSession::hang_up() {
  leaving_ = true;
  deadline_.reset();
  boost::system::error_code ignored;
  socket_.next_layer().socket().close(ignored);
}

}  // namespace ctt::serve
