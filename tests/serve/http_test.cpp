#include <doctest/doctest.h>
#include <sys/socket.h>

#include "base/random.h"
#include "serve/client.h"

using namespace ctt;
using namespace ctt::serve;
using namespace ctt::serve::test;

namespace {

struct Case {
  const char* what;
  const char* line;     ///< method and target
  const char* headers;  ///< each ended by \r\n; HOST and TOKEN stand for the right ones
  int status;
  std::string body = {};
};

std::string replaced(std::string text, const std::string& word, const std::string& by) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word))
    text.replace(at, word.size(), by);
  return text;
}

Reply ask(const Running& server, const Case& what) {
  auto headers = replaced(replaced(what.headers, "HOST", server.host()), "TOKEN", kToken);
  auto body = what.body.empty() ? std::string() : fmt::format("Content-Length: {}\r\n", what.body.size());
  return exchange(server.port(), fmt::format("{} HTTP/1.1\r\n{}{}Connection: close\r\n\r\n{}", what.line,
                                             headers, body, what.body));
}

#define OURS "Host: HOST\r\nAuthorization: Bearer TOKEN\r\n"
#define JSON "Content-Type: application/json\r\n"

}  // namespace

TEST_CASE("Host, Origin, token, path, method and body decide who is answered") {
  const Running server;
  const std::string long_body(64 * 1024 + 1, 'x');
  const std::string whole_body(64 * 1024, 'x');
  const Case cases[] = {
      {"the page needs no token", "GET /", "Host: HOST\r\n", 200},
      {"a page of the dashboard", "GET /continuous", "Host: HOST\r\n", 200},
      {"a page below", "GET /experiments/exp-17", "Host: HOST\r\n", 200},
      {"an asset", "GET /assets/app-1a2b.js", "Host: HOST\r\n", 200},
      {"a file that is not there", "GET /missing.js", "Host: HOST\r\n", 404},
      {"health", "GET /healthz", "Host: HOST\r\n", 200},
      {"readiness", "GET /readyz", "Host: HOST\r\n", 200},
      {"metrics without the token", "GET /metrics", "Host: HOST\r\n", 401},
      {"metrics", "GET /metrics", OURS, 200},
      {"HEAD", "HEAD /", "Host: HOST\r\n", 200},
      {"no Host", "GET /", "", 400},
      {"a foreign Host", "GET /", "Host: evil.example\r\n", 403},
      {"a foreign Host with our port", "GET /api/echo",
       "Host: evil.example:8000\r\nAuthorization: Bearer TOKEN\r\n", 403},
      {"our Host without its port", "GET /", "Host: 127.0.0.1\r\n", 403},
      {"two Hosts", "GET /", "Host: HOST\r\nHost: HOST\r\n", 400},
      {"our own Origin", "GET /api/echo", OURS "Origin: http://HOST\r\n", 200},
      {"a foreign Origin", "GET /api/echo", OURS "Origin: http://evil.example\r\n", 403},
      {"Origin null", "GET /api/echo", OURS "Origin: null\r\n", 403},
      {"an empty Origin", "GET /api/echo", OURS "Origin: \r\n", 403},
      {"our Origin over TLS", "GET /api/echo", OURS "Origin: https://HOST\r\n", 403},
      {"a foreign Origin on the page", "GET /", "Host: HOST\r\nOrigin: http://evil.example\r\n", 403},
      {"no token", "GET /api/echo", "Host: HOST\r\n", 401},
      {"a wrong token", "GET /api/echo", "Host: HOST\r\nAuthorization: Bearer 0123\r\n", 401},
      {"a token that is a prefix", "GET /api/echo", "Host: HOST\r\nAuthorization: Bearer TOKEN0\r\n", 401},
      {"another scheme", "GET /api/echo", "Host: HOST\r\nAuthorization: Basic TOKEN\r\n", 401},
      {"a token in the query", "GET /api/echo?token=TOKEN", "Host: HOST\r\n", 401},
      {"unknown under /api", "GET /api/nothing", OURS, 404},
      {"POST", "POST /api/echo", OURS JSON, 200, "{}"},
      {"POST with a charset", "POST /api/echo", OURS "Content-Type: application/json; charset=utf-8\r\n", 200,
       "{}"},
      {"POST of a form", "POST /api/echo", OURS "Content-Type: application/x-www-form-urlencoded\r\n", 415,
       "a=b"},
      {"POST without a type", "POST /api/echo", OURS, 415, "{}"},
      {"POST without a body", "POST /api/echo", OURS, 200},
      {"POST with another charset", "POST /api/echo",
       OURS "Content-Type: application/json; charset=utf-16\r\n", 415, "{}"},
      {"a type in capitals", "POST /api/echo", OURS "Content-Type: APPLICATION/JSON\r\n", 200, "{}"},
      {"a scheme in small letters", "GET /api/echo", "Host: HOST\r\nAuthorization: bearer TOKEN\r\n", 200},
      {"a body of 64 kB", "POST /api/echo", OURS JSON, 200, whole_body},
      {"a body beyond", "POST /api/echo", OURS JSON, 413, long_body},
      {"TRACE", "TRACE /api/echo", OURS, 405},
      {"POST to the page", "POST /", OURS JSON, 405, "{}"},
      {"dots", "GET /../secret.txt", "Host: HOST\r\n", 400},
      {"escaped dots", "GET /%2e%2e/secret.txt", "Host: HOST\r\n", 400},
      {"dots behind an escaped slash", "GET /..%2fsecret.txt", "Host: HOST\r\n", 400},
      {"a backslash", "GET /..\\secret.txt", "Host: HOST\r\n", 400},
      {"a NUL", "GET /index.html%00.js", "Host: HOST\r\n", 400},
      {"a bad escape", "GET /%zz", "Host: HOST\r\n", 400},
      {"a link that leads out", "GET /link.txt", "Host: HOST\r\n", 404},
      {"an absolute target", "GET http://evil.example/", "Host: HOST\r\n", 400},
      {"a WebSocket's address without an upgrade", "GET /ws", "Host: HOST\r\n", 426},
      {"an error of the core", "GET /api/throws", OURS, 409},
  };
  for (const auto& each : cases) {
    CAPTURE(each.what);
    CHECK(ask(server, each).status == each.status);
  }
  // Nobody was harmed.
  CHECK(ask(server, {"", "GET /healthz", "Host: HOST\r\n", 200}).status == 200);
}

TEST_CASE("every answer carries the content policy, assets are cached, gzip goes out when it is taken") {
  const Running server;
  const auto page = ask(server, {"", "GET /", "Host: HOST\r\n", 200});
  CHECK(page.body == "<!doctype html>the page");
  CHECK(page.headers.find("Content-Security-Policy: default-src 'self'") != std::string::npos);
  CHECK(page.headers.find("X-Content-Type-Options: nosniff") != std::string::npos);
  CHECK(page.headers.find("Referrer-Policy: no-referrer") != std::string::npos);
  CHECK(page.headers.find("form-action 'none'") != std::string::npos);
  CHECK(page.headers.find("Cross-Origin-Opener-Policy: same-origin") != std::string::npos);
  CHECK(page.headers.find("Cross-Origin-Resource-Policy: same-origin") != std::string::npos);
  CHECK(page.headers.find("Cache-Control: no-cache") != std::string::npos);
  const auto asset =
      ask(server, {"", "GET /assets/app-1a2b.js", "Host: HOST\r\nAccept-Encoding: gzip, br\r\n", 200});
  CHECK(asset.body == "zipped");
  CHECK(asset.headers.find("Content-Encoding: gzip") != std::string::npos);
  CHECK(asset.headers.find("max-age=31536000, immutable") != std::string::npos);
}

TEST_CASE("--read-only answers 403 to every change and still reads") {
  auto settings = Running::secured();
  settings.read_only = true;
  const Running server(settings);
  CHECK(ask(server, {"", "POST /api/echo", OURS JSON, 403, "{}"}).status == 403);
  CHECK(ask(server, {"", "DELETE /api/echo", OURS, 403}).status == 403);
  CHECK(ask(server, {"", "GET /api/echo", OURS, 200}).status == 200);
}

TEST_CASE("an allowed origin may ask, after its browser has asked whether it may") {
  auto settings = Running::open();
  settings.origins = {"http://localhost:3000"};
  const Running server(settings);
  const auto asked =
      ask(server, {"", "OPTIONS /api/echo", "Host: HOST\r\nOrigin: http://localhost:3000\r\n", 204});
  CHECK(asked.status == 204);
  CHECK(asked.headers.find("Access-Control-Allow-Origin: http://localhost:3000") != std::string::npos);
  CHECK(asked.headers.find("Access-Control-Expose-Headers: X-Total-Count") != std::string::npos);
  CHECK(ask(server, {"", "GET /api/echo", "Host: HOST\r\nOrigin: http://localhost:3000\r\n", 200}).status ==
        200);
  CHECK(ask(server, {"", "OPTIONS /api/echo", "Host: HOST\r\nOrigin: http://evil.example\r\n", 403}).status ==
        403);
}

TEST_CASE("a header that does not end is not waited for, and one client too many is turned away") {
  auto settings = Running::open();
  settings.clients_max = 2;
  settings.patience.header = std::chrono::milliseconds(300);
  const Running server(settings);
  Socket first(server.port(), "/ws"), second(server.port(), "/ws");
  REQUIRE(first.read());
  REQUIRE(second.read());
  CHECK(exchange(server.port(), "").status == 503);
}

TEST_CASE("connections that show no token keep nobody out who has it, and nobody who showed it gives way") {
  auto settings = Running::secured();
  settings.clients_max = 2;
  const Running server(settings);
  Socket known(server.port(), "/ws", {{"Authorization", fmt::format("Bearer {}", kToken)}});
  REQUIRE(known.read());
  std::vector<std::unique_ptr<Socket>> strangers;
  for (int i = 0; i < 5; ++i) strangers.push_back(std::make_unique<Socket>(server.port(), "/ws"));
  CHECK(ask(server, {"", "GET /api/echo", OURS, 200}).status == 200);
  Socket second(server.port(), "/ws", {{"Authorization", fmt::format("Bearer {}", kToken)}});
  REQUIRE(second.read());
  CHECK(exchange(server.port(), "").status == 503);  // both slots are taken by those who are let in
  known.send(R"({"type":"ping"})");
  CHECK(known.read()->find("pong") != std::string::npos);
}

TEST_CASE("half a header ends the connection after its time") {
  auto settings = Running::open();
  settings.patience.header = std::chrono::milliseconds(200);
  const Running server(settings);
  Socket other(server.port(), "/ws");
  CHECK(exchange(server.port(), "GET / HTTP/1.1\r\nHost: ").status != 200);
  CHECK(other.read());
}

TEST_CASE("malformed requests and frames end their own connection and nothing else") {
  const Running server(Running::open());
  base::Random random(17);
  const std::string valid =
      fmt::format("GET /api/echo?a=b HTTP/1.1\r\nHost: {}\r\nContent-Length: 3\r\n\r\nabc", server.host());
  for (int i = 0; i < 1500; ++i) {
    auto bytes = valid;
    for (auto changes = random.below(8) + 1; changes > 0; --changes) {
      const auto at = random.below(bytes.size());
      if (random.below(4) == 0)
        bytes.insert(at, 1, static_cast<char>(random.below(256)));
      else
        bytes[at] = static_cast<char>(random.below(256));
    }
    exchange(server.port(), bytes);
  }
  for (int i = 0; i < 300; ++i) {
    Socket socket(server.port(), "/ws");
    std::string frame(random.below(200) + 2, '\0');
    for (auto& byte : frame) byte = static_cast<char>(random.below(256));
    ::send(socket.descriptor(), frame.data(), frame.size(), MSG_NOSIGNAL);
  }
  CHECK(ask(server, {"", "GET /healthz", "Host: HOST\r\n", 200}).status == 200);
}
