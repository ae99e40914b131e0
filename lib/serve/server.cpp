#include "serve/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"
#include "base/log.h"
#include "serve/http_session.h"

namespace ctt::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::use_awaitable;
using asio::ip::tcp;
using base::Error;
using base::Failure;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto kTick = 20ms;
constexpr auto kGoodbye = 1s;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nServer: ctt\r\nRetry-After: 5\r\nConnection: close\r\n"
    "Content-Type: application/problem+json\r\nContent-Length: 115\r\n\r\n"
    R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":"too many clients","code":"E_CLIENTS"}   )";
static_assert(kFull.size() - kFull.find('{') == 115);

tcp::acceptor listen(asio::io_context& loop, const ServerSettings& settings) {
  error_code failed;
  const auto address = asio::ip::make_address(settings.address, failed);
  if (failed)
    throw Error(Failure::usage, fmt::format("\"{}\" is no numeric address to listen on", settings.address))
        .fix("ctt serve-ws --listen 127.0.0.1:8000");
  const tcp::endpoint place(address, settings.port);
  tcp::acceptor acceptor(loop);
  acceptor.open(place.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(place, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed)
    throw Error(
        failed == asio::error::address_in_use ? Failure::busy : Failure::usage,
        fmt::format("nobody can listen on {}:{}: {}", settings.address, settings.port, failed.message()))
        .fix("ctt serve-ws --listen 127.0.0.1:8001");
  return acceptor;
}

AccessRules rules_of(const ServerSettings& settings, unsigned port) {
  auto rules = rules_for(settings.address, port, settings.origins);
  rules.token = settings.token;
  rules.read_only = settings.read_only;
  return rules;
}

}  // namespace

struct WebServer::State {
  State(const ServerSettings& wanted, const base::Home& home, const base::Clock& clock, Handler handler)
      : settings(wanted), acceptor(listen(loop, wanted)) {
    hub = std::make_unique<Hub>(home, clock, std::move(handler),
                                rules_of(wanted, acceptor.local_endpoint().port()),
                                StaticFiles(wanted.dashboard), wanted.patience);
  }

  asio::awaitable<void> accept_all() {
    while (acceptor.is_open()) {
      error_code failed;
      auto socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, failed));
      if (failed == asio::error::operation_aborted) co_return;
      if (failed) {  // out of descriptors, say: let others end first
        asio::steady_timer pause(loop, 50ms);
        co_await pause.async_wait(use_awaitable);
      } else if (!slots.make_room()) {
        turn_away(std::move(socket));
      } else {
        asio::co_spawn(loop, serve(std::move(socket)), asio::detached);
      }
    }
  }

  static void turn_away(tcp::socket socket) {
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kFull), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    ClientSlots::Slot slot(slots);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    co_await serve_connection(beast::tcp_stream(std::move(socket)), *hub, slot);
  }

  asio::awaitable<void> tick_until(const std::function<bool()>& stop) {
    asio::steady_timer timer(loop);
    while (!stop()) {
      hub->tick();
      timer.expires_after(kTick);
      co_await timer.async_wait(use_awaitable);
    }
    error_code ignored;
    acceptor.close(ignored);
    hub->close_all();
    const auto end = std::chrono::steady_clock::now() + kGoodbye;
    while (hub->listeners() > 0 && std::chrono::steady_clock::now() < end) {
      hub->tick();
      timer.expires_after(kTick);
      co_await timer.async_wait(use_awaitable);
    }
    loop.stop();
  }

  ServerSettings settings;
  ClientSlots slots{settings.clients_max};
  std::unique_ptr<Hub> hub;  // outlives the loop, whose connections refer to it to their end
  asio::io_context loop{1};
  tcp::acceptor acceptor;
};

WebServer::WebServer(const ServerSettings& settings, const base::Home& home, const base::Clock& clock,
                     Handler handler)
    : state_(std::make_unique<State>(settings, home, clock, std::move(handler))) {}

WebServer::~WebServer() = default;

unsigned short WebServer::port() const { return state_->acceptor.local_endpoint().port(); }

std::size_t WebServer::listeners() const { return state_->hub->listeners(); }

upkeep::TraderHealth WebServer::trader_health(const store::Schedule& schedule) const {
  return state_->hub->trader_health(schedule);
}

void WebServer::run(const std::function<bool()>& stop) {
  asio::co_spawn(state_->loop, state_->accept_all(), asio::detached);
  asio::co_spawn(state_->loop, state_->tick_until(stop), asio::detached);
  state_->loop.run();
}

}  // namespace ctt::serve
