#include "alpaca/bar_stream.h"

#include <doctest/doctest.h>

#include "alpaca/live_rig.h"
#include "base/error.h"
#include "support/scratch.h"

namespace ctt {

using base::Failure;
using namespace support;
using namespace std::chrono_literals;

namespace {

struct Ending {
  Failure failure;
  std::string sentence;
};

template <class Work>
std::optional<Ending> ending(const Work& work) {
  try {
    work();
  } catch (const base::Error& error) {
    return Ending{error.failure(), error.what()};
  }
  return std::nullopt;
}

TEST_CASE("the first steps are repeated when the server forgets one of them") {
  if (!live_server()) return;
  for (const char* fault :
       {R"({"fault":"no_greeting"})", R"({"fault":"auth_silent"})", R"({"fault":"auth_slow","seconds":0.5})",
        R"({"fault":"auth_error","code":404,"close":true})", R"({"fault":"ack_drop_symbol"})"}) {
    CAPTURE(fault);
    LiveRig rig(*live_server());
    rig.server.fault(fault);
    rig.open();
    CHECK(rig.connections() == 2);
    rig.run_until_bars(1, 6);
    check_same(rig.bars(), rig.truth(1));
  }
}

TEST_CASE("an acknowledgement may leave channels out that nobody asked for") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.fault(R"({"fault":"ack_missing_keys"})");
  rig.open();
  CHECK(rig.connections() == 1);
}

TEST_CASE("a connection in the way is waited for, while bars come by REST") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  SUBCASE("it goes") {
    rig.server.fault(R"({"fault":"auth_error","code":406,"times":3})");
    rig.open();
    CHECK(rig.connections() == 4);
  }
  SUBCASE("it stays, from the start on") {
    rig.server.fault(R"({"fault":"auth_error","code":406,"times":null})");
    rig.start_without_stream();
    rig.run_until_bars(2, 12);
    check_same(rig.bars(), rig.truth(2));
    CHECK(rig.connections() > 1);
  }
  SUBCASE("it comes later") {
    rig.open();
    rig.server.fault(R"({"fault":"auth_error","code":406,"times":null})");
    rig.server.call("POST", "/stream", R"({"do":"cut"})");
    rig.run_until_bars(2, 12);
    check_same(rig.bars(), rig.truth(2));
  }
}

const char* const kEveryRefusal[] = {
    R"({"fault":"auth_error","code":402,"times":3})",
    R"({"fault":"auth_error","code":404,"times":3})",
    R"({"fault":"auth_error","code":406,"times":3})",
    R"({"fault":"auth_error","code":408,"times":3})",
    R"({"fault":"auth_error","code":409,"times":3})",
    R"({"fault":"auth_error","code":411,"times":3})",
    R"({"fault":"subscribe_error","code":400,"times":3})",
    R"({"fault":"subscribe_error","code":401,"times":3})",
    R"({"fault":"subscribe_error","code":405,"times":3})",
    R"({"fault":"subscribe_error","code":410,"times":3})",
    R"({"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":400,"times":3})",
    R"({"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":401,"times":3})",
    R"({"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":403,"times":3})",
    R"({"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":404,"times":3})"};

TEST_CASE("after the first subscription every refusal passes, and the bars go on") {
  if (!live_server()) return;
  for (const char* fault : kEveryRefusal) {
    CAPTURE(fault);
    LiveRig rig(*live_server());
    rig.open();
    rig.server.fault(fault);
    rig.server.call("POST", "/stream", R"({"do":"cut"})");
    rig.run_until_bars(2, 12);
    check_same(rig.bars(), rig.truth(2));
    CHECK(rig.waits_until([&] { return rig.subscribed(); }));
  }
}

TEST_CASE("with patience a refusal at the start passes as well, and ends the start when it does not") {
  if (!live_server()) return;
  for (const char* fault : kEveryRefusal) {
    CAPTURE(fault);
    LiveRig rig(*live_server());
    rig.stream_options.start_patience = 5s;
    rig.server.fault(fault);
    rig.open();
    CHECK(rig.subscribed());
  }
  LiveRig rig(*live_server());
  rig.stream_options.start_patience = 100ms;
  rig.server.fault(R"({"fault":"auth_error","code":402,"times":null})");
  const auto end = ending([&] { rig.open(); });
  REQUIRE(end);
  CHECK(end->failure == Failure::keys);
  CHECK(rig.connections() > 1);
}

TEST_CASE("without patience a start ends at the first refusal, with a sentence") {
  if (!live_server()) return;
  const struct {
    const char* fault;
    Failure failure;
    const char* words;
  } cases[] = {
      {R"({"fault":"auth_error","code":402})", Failure::keys, "refused the keys from the fake server"},
      {R"({"fault":"auth_error","code":409})", Failure::keys, "do not give access"},
      {R"({"fault":"auth_error","code":411})", Failure::keys, "do not give access"},
      {R"({"fault":"subscribe_error","code":405})", Failure::refused, "error 405"},
      {R"({"fault":"subscribe_error","code":410})", Failure::refused, "error 410"},
      {R"({"fault":"subscribe_error","code":400})", Failure::refused, "BTC/USD"}};
  for (const auto& expected : cases) {
    CAPTURE(expected.fault);
    LiveRig rig(*live_server());
    rig.server.fault(expected.fault);
    const auto end = ending([&] { rig.open(); });
    REQUIRE(end);
    CHECK(end->failure == expected.failure);
    CHECK(end->sentence.find(expected.words) != std::string::npos);
    CHECK(end->sentence.find(rig.server.secret()) == std::string::npos);
    CHECK(end->sentence.find(rig.server.key()) == std::string::npos);
    CHECK(rig.connections() == 1);
  }
}

TEST_CASE("a path without a stream is refused with its address") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.stream_options.url += "-9";
  const auto end = ending([&] { rig.open(); });
  REQUIRE(end);
  CHECK(end->failure == Failure::refused);
  CHECK(end->sentence.find("/v1beta3/crypto/us-9; the address may have changed: HTTP 404") !=
        std::string::npos);
}

TEST_CASE("a server that never lets us in is asked without a storm, while bars come by REST") {
  if (!live_server()) return;
  LiveRig rig(*live_server());
  rig.server.fault(R"({"match":{"path":"/v1beta3/crypto/us"},"fault":"status","status":429,"times":null})");
  rig.start_without_stream();
  const auto begin = std::chrono::steady_clock::now();
  rig.run_until_bars(2, 12);
  const auto took = std::chrono::steady_clock::now() - begin;
  check_same(rig.bars(), rig.truth(2));
  CHECK(rig.server.requests("/v1beta3/crypto/us").size() <= 10 + took / 5ms);  // each wait is 5 ms at least
}

TEST_CASE("the certificate of the stream must be good for its host") {
  if (!FakeAlpaca::usable()) return;
  const Scratch scratch;
  FakeAlpaca server({"--generate", "2000", "--clock", "50%", "--tls", scratch.path().string()});
  LiveRig rig(server);
  SUBCASE("by the authority that we trust") {
    rig.open();
    rig.run_until_bars(1, 6);
    check_same(rig.bars(), rig.truth(1));
  }
  SUBCASE("by one we do not know") {
    rig.stream_options.socket.ca_file.clear();
    const auto end = ending([&] { rig.open(); });
    REQUIRE(end);
    CHECK(end->failure == Failure::unreachable);
    CHECK(end->sentence.find("certificate") != std::string::npos);
  }
}

TEST_CASE("a stream without TLS is for this machine alone") {
  alpaca::StreamOptions options;
  options.url = "ws://192.0.2.1:80/v1beta3/crypto/us";
  options.symbol = "BTC/USD";
  alpaca::BarStream stream(options, {alpaca::Secret("a"), alpaca::Secret("b"), "nowhere"});
  const auto end = ending([&] { static_cast<void>(stream.next(1ms)); });
  REQUIRE(end);
  CHECK(end->failure == Failure::usage);
}

}  // namespace
}  // namespace ctt
