#include "serve/client.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include "base/error.h"
#include "store/transaction.h"

namespace ctt::serve::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

const base::SystemClock kClock;

RestAnswer answer(const RestRequest& request) {
  if (request.path == "/api/echo") return {.status = 200, .body = request.body};
  if (request.path == "/api/continuous/status") return {.status = 200, .body = R"({"status":"idle"})"};
  if (request.path == "/api/throws") throw base::Error(base::Failure::refused, "a rule says no");
  return {.status = 404, .content_type = "application/problem+json", .body = "{}"};
}

tcp::socket connected(asio::io_context& loop, unsigned short port) {
  tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  const timeval wait{.tv_sec = 8, .tv_usec = 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  return socket;
}

}  // namespace

ServerSettings Running::open() {
  ServerSettings settings;
  settings.port = 0;
  return settings;
}

ServerSettings Running::secured() {
  auto settings = open();
  settings.token = kToken;
  return settings;
}

Running::Running(ServerSettings settings) : settings_(std::move(settings)) {
  store::Database made(database());
  std::filesystem::create_directories(scratch_ / "page/assets");
  support::write(scratch_ / "page/index.html", "<!doctype html>the page");
  support::write(scratch_ / "page/assets/app-1a2b.js", "plain");
  support::write(scratch_ / "page/assets/app-1a2b.js.gz", "zipped");
  support::write(scratch_ / "secret.txt", "secret");
  std::filesystem::create_symlink(scratch_ / "secret.txt", scratch_ / "page/link.txt");
  settings_.dashboard = scratch_ / "page";
  start();
}

Running::~Running() { stop(); }

void Running::start() {
  stopping_ = false;
  server_ = std::make_unique<WebServer>(settings_, base::Home{database().parent_path()}, kClock, answer);
  port_ = server_->port();
  thread_ = std::thread([this] { server_->run([this] { return stopping_.load(); }); });
}

void Running::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  server_.reset();
}

std::int64_t Running::append(const std::string& type, const std::string& payload) {
  store::Database database(this->database());
  store::Transaction change(database);
  const auto seq = store::events::append(change, {.seq = 0,
                                                  .ts = kClock.now(),
                                                  .type = type,
                                                  .schedule_id = "btc",
                                                  .cycle_number = 1,
                                                  .payload = payload});
  change.commit();
  return seq;
}

Reply exchange(unsigned short port, const std::string& bytes) {
  asio::io_context loop;
  auto socket = connected(loop, port);
  boost::system::error_code ignored;
  asio::write(socket, asio::buffer(bytes), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::string all;
  char piece[4096];
  for (ssize_t size = 0; (size = ::recv(socket.native_handle(), piece, sizeof piece, 0)) > 0;) {
    all.append(piece, static_cast<std::size_t>(size));
  }
  Reply reply;
  if (all.size() < 12) return reply;
  reply.status = std::stoi(all.substr(9, 3));
  const auto end = all.find("\r\n\r\n");
  reply.headers = all.substr(0, end);
  if (end != std::string::npos) reply.body = all.substr(end + 4);
  return reply;
}

struct Socket::State {
  State(unsigned short port) : socket(connected(loop, port)) {}
  asio::io_context loop;
  websocket::stream<tcp::socket> socket;
};

Socket::Socket(unsigned short port, const std::string& target, std::map<std::string, std::string> headers)
    : state_(std::make_unique<State>(port)) {
  state_->socket.set_option(websocket::stream_base::decorator([headers](websocket::request_type& request) {
    for (const auto& [name, value] : headers) request.set(name, value);
  }));
  state_->socket.handshake(fmt::format("127.0.0.1:{}", port), target);
}

Socket::~Socket() = default;

void Socket::send(const std::string& text) { state_->socket.write(asio::buffer(text)); }

std::optional<std::string> Socket::read() {
  beast::flat_buffer buffer;
  boost::system::error_code failed;
  state_->socket.read(buffer, failed);
  if (failed) return std::nullopt;
  return beast::buffers_to_string(buffer.data());
}

int Socket::close_code() const { return state_->socket.reason().code; }

int Socket::descriptor() const { return state_->socket.next_layer().native_handle(); }

}  // namespace ctt::serve::test
