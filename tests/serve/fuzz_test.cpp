#include <doctest/doctest.h>

#include <cstdlib>

#include "base/random.h"
#include "serve/client.h"

// Requests and frames nobody should send. CTT_FUZZ sets how many of each; .ci/run and people ask for more.

using namespace ctt;
using namespace ctt::serve;
using namespace ctt::serve::test;

namespace {

int rounds() {
  const char* wanted = std::getenv("CTT_FUZZ");
  return wanted != nullptr ? std::atoi(wanted) : 1000;
}

// A well-formed text with a few of its bytes changed, cut, doubled or put elsewhere.
std::string spoiled(std::string text, base::Random& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random.below(bound)); };
  for (auto changes = 1 + below(6); changes > 0 && !text.empty(); --changes) {
    const auto at = below(text.size());
    switch (below(5)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.resize(at);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), below(40)));
        break;
      case 3:
        text.erase(at, below(20));
        break;
      default:
        text.insert(at, std::string(below(300), static_cast<char>(below(256))));
    }
  }
  return text;
}

// The bytes of a client's frame: any opcode, any flags, a length that may lie.
std::string frame(base::Random& random) {
  std::string bytes;
  bytes.push_back(static_cast<char>(random.below(256)));
  const auto size = random.below(200);
  const auto told = random.below(4) == 0 ? random.below(128) : size % 126;
  bytes.push_back(static_cast<char>((random.below(8) == 0 ? 0 : 0x80) | told));
  for (std::uint64_t i = 0; i < size + 4; ++i) bytes.push_back(static_cast<char>(random.below(256)));
  return bytes;
}

}  // namespace

TEST_CASE("spoiled requests are answered or cut off, and the server lives") {
  Running server;
  base::Random random(11);
  const std::string wellformed[] = {
      fmt::format("GET /api/continuous/status?limit=20&a=%2e HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer "
                  "{}\r\nAccept-Encoding: gzip\r\n\r\n",
                  server.host(), kToken),
      fmt::format("POST /api/echo HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: "
                  "application/json\r\nContent-Length: 13\r\n\r\n{{\"a\":[1,2,3]}}",
                  server.host(), kToken),
      fmt::format("GET /ws?since=4 HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                  server.host()),
      fmt::format("GET /assets/app-1a2b.js HTTP/1.1\r\nHost: {}\r\nOrigin: http://{}\r\n\r\n", server.host(),
                  server.host()),
  };
  for (int i = 0; i < rounds(); ++i) {
    const auto status =
        exchange(server.port(),
                 spoiled(wellformed[static_cast<std::size_t>(i) % std::size(wellformed)], random))
            .status;
    REQUIRE((status == 0 || (status >= 101 && status <= 505)));
    REQUIRE(status != 500);
  }
  CHECK(exchange(server.port(),
                 fmt::format("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host()))
            .status == 200);
}

TEST_CASE("spoiled frames end their socket, and the server lives") {
  Running server(Running::open());
  base::Random random(12);
  const auto upgrade = fmt::format(
      "GET /ws HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      server.host());
  for (int i = 0; i < rounds(); ++i) {
    std::string bytes = upgrade;
    for (int frames = 0; frames < 10; ++frames) bytes += frame(random);
    REQUIRE(exchange(server.port(), bytes).status == 101);
  }
  Socket socket(server.port(), "/ws");
  CHECK(socket.read());
}
