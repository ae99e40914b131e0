#include "alpaca/order_stream.h"

#include <thread>

#include <doctest/doctest.h>

#include "alpaca/fake_server.h"
#include "base/log.h"

namespace ctt {

using namespace std::chrono_literals;
using alpaca::OrderStream;
using support::FakeAlpaca;

namespace {

FakeAlpaca quiet_server() {
  base::set_log(-1, base::LogFormat::text);  // what goes wrong here goes wrong on purpose
  return FakeAlpaca({"--generate", "60", "--rate-limit", "0"});
}

alpaca::OrderStreamOptions quick(const FakeAlpaca& server) {
  alpaca::OrderStreamOptions options;
  options.url = server.endpoints().trading_stream_url();
  options.reconnect.waits = {.first = 10ms, .longest = 10s};
  options.reconnect.refused_wait_min = 10ms;
  return options;
}

std::size_t connections(FakeAlpaca& server) { return server.requests("/stream").size(); }

bool listens_within(OrderStream& stream, std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!stream.listening() && std::chrono::steady_clock::now() < until) {
    stream.take();
    std::this_thread::sleep_for(1ms);
  }
  return stream.listening();
}

// The waits, on average: 5 + 10 + 20 + ... ms, so about eight connections in two seconds.
TEST_CASE("a server that closes each connection once it listens is not stormed") {
  if (!FakeAlpaca::usable()) return;
  auto server = quiet_server();
  OrderStream stream(quick(server), server.credentials());
  const auto until = std::chrono::steady_clock::now() + 2s;
  while (std::chrono::steady_clock::now() < until) {
    stream.take();
    if (stream.listening()) server.call("POST", "/stream", R"({"do":"close","stream":"trading"})");
    std::this_thread::sleep_for(1ms);
  }
  CHECK(connections(server) >= 2);
  CHECK(connections(server) <= 25);
}

TEST_CASE("order updates come again after a refusal that passed") {
  if (!FakeAlpaca::usable()) return;
  for (const char* fault : {R"({"match":{"stream":"trading"},"fault":"auth_error","times":2})",
                            R"({"match":{"path":"/stream"},"fault":"status","status":401,"times":2})",
                            R"({"match":{"path":"/stream"},"fault":"status","status":429,"times":2})"}) {
    CAPTURE(fault);
    auto server = quiet_server();
    server.fault(fault);
    OrderStream stream(quick(server), server.credentials());
    CHECK(listens_within(stream, 5s));
    CHECK(connections(server) == 3);
  }
}

}  // namespace
}  // namespace ctt
