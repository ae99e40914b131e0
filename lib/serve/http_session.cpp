#include "serve/http_session.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "serve/content_policy.h"
#include "serve/problem.h"
#include "serve/socket_session.h"
#include "serve/target.h"

namespace ctt::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::use_awaitable;
using boost::system::error_code;

namespace {

constexpr std::size_t kBodyBytesMax = 64 * 1024;
constexpr std::size_t kHeaderBytesMax = 16 * 1024;
constexpr auto kWriteTimeout = std::chrono::seconds(30);

using Message = http::request<http::string_body>;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

// A field that comes twice could be read in two ways.
bool is_ambiguous(const Message& message) {
  return message.count(http::field::host) > 1 || message.count(http::field::origin) > 1 ||
         message.count(http::field::authorization) > 1 || message.count(http::field::content_type) > 1;
}

AccessCredentials credentials_of(const Message& message) {
  AccessCredentials who{.method = text(message.method_string()),
                        .host = text(message[http::field::host]),
                        .origin = {},
                        .authorization = text(message[http::field::authorization]),
                        .content_type = text(message[http::field::content_type]),
                        .has_body = !message.body().empty()};
  if (message.count(http::field::origin) > 0) who.origin = text(message[http::field::origin]);
  return who;
}

http::response<http::string_body> response_of(const RestAnswer& answer, const Message& message,
                                              const Hub& hub) {
  http::response<http::string_body> response;
  response.version(message.version() == 10 ? 10 : 11);
  response.result(answer.status);
  response.reason(beast::string_view(title_of(answer.status)));
  response.set(http::field::server, "ctt");
  response.set(http::field::content_type, answer.content_type);
  response.set("Content-Security-Policy", content_policy());
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  for (const auto& [name, value] : answer.headers) response.set(name, value);
  if (response.count(http::field::cache_control) == 0) response.set(http::field::cache_control, "no-store");
  const auto origin = text(message[http::field::origin]);
  if (!origin.empty() && hub.rules().origins.contains(origin)) {
    response.set(http::field::access_control_allow_origin, origin);
    response.set("Access-Control-Expose-Headers", "X-Total-Count");
    response.insert(http::field::vary, "Origin");
    response.set("Cross-Origin-Resource-Policy", "cross-origin");
  } else {
    response.set("Cross-Origin-Resource-Policy", "same-origin");
  }
  response.keep_alive(message.keep_alive());
  response.body() = answer.body;
  response.prepare_payload();
  if (message.method() == http::verb::head) response.body().clear();  // its length stays
  return response;
}

// What a browser asks before it lets a page of another origin send a token.
RestAnswer preflight() {
  return {.status = 204,
          .content_type = "text/plain",
          .body = {},
          .headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE"},
                      {"Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key"},
                      {"Access-Control-Max-Age", "600"}}};
}

RestAnswer answer_to(const Message& message, const RestRequest& request, Hub& hub) {
  if (is_ambiguous(message)) return problem(400, "E_REQUEST", "a header that must be unique comes twice");
  const auto who = credentials_of(message);
  if (message.method() == http::verb::options && who.origin) {
    if (auto refusal = refuse_stranger(hub.rules(), who)) return *refusal;
    return preflight();
  }
  return hub.answer(request, who,
                    message[http::field::accept_encoding].find("gzip") != beast::string_view::npos);
}

RestAnswer unreadable(const error_code& error) {
  if (error == http::error::body_limit) return problem(413, "E_TOO_LARGE", "a body may have 64 kB");
  if (error == http::error::header_limit) return problem(431, "E_TOO_LARGE", "the headers are too long");
  return problem(400, "E_REQUEST", "this is no HTTP request");
}

std::optional<std::int64_t> since_of(const RestRequest& request) {
  const auto given = request.query.find("since");
  if (given == request.query.end()) return std::nullopt;
  std::int64_t seq = -1;
  const auto& digits = given->second;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  return failed == std::errc() && end == digits.data() + digits.size() ? seq : -1;  // -1 asks for a resync
}

/// Reads and answers the requests of one connection.
class HttpConnection {
 public:
  HttpConnection(beast::tcp_stream stream, Hub& hub, ClientSlots::Slot& slot)
      : stream_(std::move(stream)), hub_(hub), slot_(slot) {
    slot_.on_give_way([this] { stream_.close(); });
  }

  asio::awaitable<void> run() {
    while (co_await read()) {
      if (hub_.rules().token.empty() ||
          bearer_matches(hub_.rules(), text(message_[http::field::authorization])))
        slot_.admit();
      RestRequest request;
      const bool readable = read_target({message_.target().data(), message_.target().size()}, request);
      if (!readable) {
        co_await write(problem(400, "E_PATH", "this path is not one that is served"));
      } else if (websocket::is_upgrade(message_) && request.path.starts_with("/ws")) {
        if (co_await upgrade(request)) co_return;
      } else {
        request.method = message_.method() == http::verb::head ? "GET" : text(message_.method_string());
        request.body = message_.body();
        request.idempotency_key = text(message_["Idempotency-Key"]);
        co_await write(answer_to(message_, request, hub_));
      }
      if (!message_.keep_alive()) break;
    }
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }

 private:
  // The next request; false when there is none: gone, too slow, or answered with a refusal.
  asio::awaitable<bool> read() {
    error_code error;
    if (buffer_.size() == 0) {
      stream_.expires_after(first_ ? hub_.patience().header : hub_.patience().idle);
      const auto size =
          co_await stream_.async_read_some(buffer_.prepare(4096), asio::redirect_error(use_awaitable, error));
      if (error) co_return false;
      buffer_.commit(size);
    }
    first_ = false;
    stream_.expires_after(hub_.patience().header);
    http::request_parser<http::string_body> parser;
    parser.body_limit(kBodyBytesMax);
    parser.header_limit(kHeaderBytesMax);
    co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(use_awaitable, error));
    if (!error) {
      message_ = parser.release();
      co_return true;
    }
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      message_ = {};
      message_.version(11);
      message_.keep_alive(false);
      co_await write(unreadable(error));
      co_await drain();
    }
    co_return false;
  }

  // Takes what is still on its way, or the answer would be lost with the connection.
  asio::awaitable<void> drain() {
    error_code error;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    stream_.expires_after(std::chrono::seconds(1));
    for (std::size_t taken = 0; !error && taken < (std::size_t{1} << 20);) {
      buffer_.clear();
      taken +=
          co_await stream_.async_read_some(buffer_.prepare(4096), asio::redirect_error(use_awaitable, error));
    }
  }

  asio::awaitable<void> write(RestAnswer answer) {
    const auto response = response_of(answer, message_, hub_);
    stream_.expires_after(kWriteTimeout);
    co_await http::async_write(stream_, response, use_awaitable);
  }

  // True when the connection has been a WebSocket, and is over.
  asio::awaitable<bool> upgrade(const RestRequest& request) {
    const auto who = credentials_of(message_);
    const bool known = bearer_matches(hub_.rules(), who.authorization);
    std::optional<RestAnswer> refusal;
    if (is_ambiguous(message_))
      refusal = problem(400, "E_REQUEST", "a header that must be unique comes twice");
    if (!refusal) refusal = refuse_stranger(hub_.rules(), who);
    if (!refusal && !who.authorization.empty() && !known && !hub_.rules().token.empty())
      refusal = problem(401, "E_TOKEN", "the token is wrong");
    const bool live = request.path == "/ws/live";
    if (!refusal && !live && request.path != "/ws" && request.path != "/ws/dashboard")
      refusal = problem(404, "E_NOT_FOUND", "there is no such WebSocket; try /ws/dashboard");
    if (refusal) {
      co_await write(*refusal);
      co_return false;
    }
    const SocketSession::Start start{
        .channel = live ? Channel::live : Channel::dashboard, .since = since_of(request), .known = known};
    const auto session = std::make_shared<SocketSession>(std::move(stream_), hub_, start);
    slot_.on_give_way([session] { session->leave(1013, "others wait, and no token has come"); });
    co_await session->run(std::move(message_), slot_);
    co_return true;
  }

  beast::tcp_stream stream_;
  Hub& hub_;
  ClientSlots::Slot& slot_;
  beast::flat_buffer buffer_;
  Message message_;
  bool first_ = true;
};

}  // namespace

asio::awaitable<void> serve_connection(beast::tcp_stream stream, Hub& hub, ClientSlots::Slot& slot) {
  try {
    HttpConnection connection(std::move(stream), hub, slot);
    co_await connection.run();
  } catch (const boost::system::system_error&) {
    // The client is gone, or took too long.
  }
}

}  // namespace ctt::serve
