#include "alpaca/stream_socket.h"

// The only file that includes Beast: it takes a minute to compile.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <openssl/crypto.h>

#include <deque>
#include <optional>

#include "alpaca/host_lookup.h"
#include "base/error.h"
#include "base/version.h"

namespace ctt::alpaca {

namespace beast = boost::beast;
namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
namespace websocket = boost::beast::websocket;

using base::Error;
using base::Failure;
using boost::system::error_code;
using tcp = net::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Kind = SocketEvent::Kind;

/// What the socket is made of, with and without TLS.
class StreamSocket::Connection {
 public:
  virtual ~Connection() = default;
  virtual void send(std::string text) = 0;
  virtual void ping() = 0;
  virtual SocketEvent wait(milliseconds wait) = 0;
  virtual void close() = 0;
};

namespace {

using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

ssl::context tls_context(const std::filesystem::path& ca_file) {
  ssl::context context(ssl::context::tls_client);
  context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  context.set_verify_mode(ssl::verify_peer);
  error_code failed;
  if (ca_file.empty()) {
    context.set_default_verify_paths(failed);
  } else {
    context.load_verify_file(ca_file.string(), failed);
  }
  if (failed) {
    throw Error(Failure::keys,
                fmt::format("certificates cannot be read from {}: {}",
                            ca_file.empty() ? "the system's folder" : ca_file.string(), failed.message()));
  }
  return context;
}

bool is_address(const std::string& host) {
  error_code none;
  net::ip::make_address(host, none);
  return !none;
}

template <class Layer>
class ConnectionOver final : public StreamSocket::Connection {
 public:
  static constexpr bool kSecure = std::same_as<Layer, Tls>;

  ConnectionOver(Url url, const SocketOptions& options)
      : url_(std::move(url)), options_(options), tls_(context()), socket_(make_socket()) {
    socket_.read_message_max(options_.message_bytes_max);
    socket_.set_option(
        websocket::stream_base::timeout{options_.open_timeout, websocket::stream_base::none(), false});
    socket_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, fmt::format("ctt/{}", base::version()));
    }));
    socket_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind != websocket::frame_type::close) happened(Kind::alive);
    });
    deadline_.expires_after(options_.open_timeout);
    deadline_.async_wait([this](error_code cancelled) {
      if (!cancelled && !resolved_) end(Kind::closed, "its host was not found in time");
    });
    lookup_.emplace(url_.host, url_.port, [this](error_code failed, const HostLookup::Results& found) {
      net::post(io_, [this, failed, found] { resolved(failed, found); });
    });
  }

  ~ConnectionOver() override {
    for (auto& text : outgoing_) OPENSSL_cleanse(text.data(), text.size());
  }

  void send(std::string text) override {
    outgoing_.push_back(std::move(text));
    if (outgoing_.size() == 1) write_next();
  }

  void ping() override {
    if (pinging_) return;
    pinging_ = true;
    socket_.async_ping({}, [this](error_code) { pinging_ = false; });
  }

  SocketEvent wait(milliseconds wait) override {
    const auto until = steady_clock::now() + wait;
    if (open_ && events_.empty()) read_next();
    if (io_.stopped()) io_.restart();
    while (events_.empty() && io_.poll_one() > 0) continue;
    while (events_.empty() && steady_clock::now() < until) {
      if (io_.stopped()) io_.restart();
      if (io_.run_one_until(until) == 0 && ended_) break;
    }
    if (events_.empty()) return {};
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  void close() override {
    if (!open_ || ended_) return;
    bool closed = false;
    ended_ = true;  // whatever is read from now on is of no interest
    socket_.async_close(websocket::close_code::normal, [&](error_code) { closed = true; });
    // Beast sees the server's answer only while somebody reads.
    const auto until = steady_clock::now() + options_.close_timeout;
    io_.restart();
    while (!closed && steady_clock::now() < until && io_.run_one_until(until) > 0) continue;
    beast::get_lowest_layer(socket_).close();
    io_.restart();
    io_.poll();  // the handlers that refer to this frame run now or never
  }

 private:
  ssl::context context() const {
    if constexpr (kSecure) return tls_context(options_.ca_file);
    return ssl::context(ssl::context::tls_client);
  }

  websocket::stream<Layer> make_socket() {
    if constexpr (kSecure) {
      return websocket::stream<Layer>(io_, tls_);
    } else {
      return websocket::stream<Layer>(io_);
    }
  }

  void happened(Kind kind, std::string text = {}, int http_status = 0) {
    if (!ended_) events_.push_back({kind, std::move(text), http_status});
  }

  void end(Kind kind, std::string text, int http_status = 0) {
    happened(kind, std::move(text), http_status);
    ended_ = true;
    open_ = false;
    beast::get_lowest_layer(socket_).close();
  }

  void resolved(error_code failed, const HostLookup::Results& found) {
    if (ended_) return;
    resolved_ = true;
    deadline_.cancel();
    if (failed) return end(Kind::closed, fmt::format("{} was not found: {}", url_.host, failed.message()));
    connect(found);
  }

  void connect(const HostLookup::Results& found) {
    auto& layer = beast::get_lowest_layer(socket_);
    layer.expires_after(options_.open_timeout);
    layer.async_connect(found, [this](error_code failed, const tcp::endpoint&) {
      if (failed) return end(Kind::closed, fmt::format("no connection: {}", failed.message()));
      beast::get_lowest_layer(socket_).socket().set_option(tcp::no_delay(true));
      secure();
    });
  }

  void secure() {
    if constexpr (kSecure) {
      auto& tls = socket_.next_layer();
      if (!is_address(url_.host)) SSL_set_tlsext_host_name(tls.native_handle(), url_.host.c_str());
      tls.set_verify_callback(ssl::host_name_verification(url_.host));
      beast::get_lowest_layer(socket_).expires_after(options_.open_timeout);
      tls.async_handshake(ssl::stream_base::client, [this](error_code failed) {
        if (!failed) return upgrade();
        const auto verified = SSL_get_verify_result(socket_.next_layer().native_handle());
        if (verified != X509_V_OK) return end(Kind::untrusted, X509_verify_cert_error_string(verified));
        end(Kind::closed, fmt::format("no TLS connection: {}", failed.message()));
      });
    } else {
      upgrade();
    }
  }

  void upgrade() {
    beast::get_lowest_layer(socket_).expires_never();  // the WebSocket keeps its own time from here on
    const bool bracketed = url_.host.find(':') != std::string::npos;
    const bool usual_port = url_.port == (url_.secure ? "443" : "80");
    const auto host = bracketed ? fmt::format("[{}]", url_.host) : url_.host;
    socket_.async_handshake(answer_, usual_port ? host : fmt::format("{}:{}", host, url_.port), url_.target,
                            [this](error_code failed) {
                              if (!failed) {
                                open_ = true;
                                return happened(Kind::opened);
                              }
                              if (failed == websocket::error::upgrade_declined) {
                                const auto status = static_cast<int>(answer_.result_int());
                                return end(Kind::refused, fmt::format("HTTP {}", status), status);
                              }
                              end(Kind::closed, fmt::format("no upgrade: {}", failed.message()));
                            });
  }

  void read_next() {
    if (reading_) return;
    reading_ = true;
    socket_.async_read(incoming_, [this](error_code failed, std::size_t) {
      reading_ = false;
      if (failed) return lost(failed);
      happened(Kind::message, beast::buffers_to_string(incoming_.data()));
      incoming_.consume(incoming_.size());
    });
  }

  void lost(error_code failed) {
    if (failed == websocket::error::closed) {
      const auto& reason = socket_.reason();
      return end(Kind::closed, fmt::format("closed by the server, code {} {}", static_cast<int>(reason.code),
                                           std::string_view(reason.reason.data(), reason.reason.size())));
    }
    end(Kind::closed, failed.message());
  }

  void write_next() {
    socket_.text(true);
    socket_.async_write(net::buffer(outgoing_.front()), [this](error_code failed, std::size_t) {
      OPENSSL_cleanse(outgoing_.front().data(), outgoing_.front().size());
      outgoing_.pop_front();
      if (failed) return end(Kind::closed, failed.message());
      if (!outgoing_.empty()) write_next();
    });
  }

  const Url url_;
  const SocketOptions options_;
  net::io_context io_{1};
  ssl::context tls_;
  net::steady_timer deadline_{io_};
  websocket::stream<Layer> socket_;
  websocket::response_type answer_;
  beast::flat_buffer incoming_;
  std::deque<std::string> outgoing_;
  std::deque<SocketEvent> events_;
  bool resolved_ = false;
  bool open_ = false;
  bool ended_ = false;
  bool reading_ = false;
  bool pinging_ = false;
  std::optional<HostLookup> lookup_;  // last, so that it is given up before what it calls
};

}  // namespace

StreamSocket::StreamSocket(const Url& url, const SocketOptions& options) {
  if (!url.secure && !url.loopback()) {
    throw Error(Failure::usage,
                fmt::format("a stream without TLS is for this machine alone, not for {}", url.host));
  }
  if (url.secure) {
    connection_ = std::make_unique<ConnectionOver<Tls>>(url, options);
  } else {
    connection_ = std::make_unique<ConnectionOver<Plain>>(url, options);
  }
}

StreamSocket::~StreamSocket() { connection_->close(); }

void StreamSocket::send(std::string text) { connection_->send(std::move(text)); }
void StreamSocket::ping() { connection_->ping(); }
SocketEvent StreamSocket::wait(milliseconds wait) { return connection_->wait(wait); }

}  // namespace ctt::alpaca
