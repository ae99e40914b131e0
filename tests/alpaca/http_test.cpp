#include "alpaca/http.h"

#include <doctest/doctest.h>

#include "alpaca/fake_server.h"
#include "support/scratch.h"

namespace ctt {

using namespace alpaca;
using namespace support;
using namespace std::chrono_literals;

namespace {

FakeAlpaca* server_of_this_file() {
  static const auto server = FakeAlpaca::usable()
                                 ? std::make_unique<FakeAlpaca>(std::vector<std::string>{"--generate", "300"})
                                 : nullptr;
  if (server) server->call("POST", "/reset");
  return server.get();
}

HttpResult get(const FakeAlpaca& server, HttpOptions options = {}, std::optional<Credentials> keys = {}) {
  HttpClient client(std::move(options), std::move(keys));
  return client.send({.url = server.rest() + "/v2/account", .body = {}});
}

}  // namespace

TEST_CASE("keys travel in two headers, and only when there are any") {
  auto* server = server_of_this_file();
  if (server == nullptr) return;
  CHECK(get(*server).status == 401);
  const auto answer = get(*server, {}, server->credentials());
  CHECK(answer.status == 200);
  CHECK(answer.ok());
  CHECK(answer.may_have_arrived);
  CHECK(answer.date.has_value());
  const auto names = server->requests("/v2/account").back().headers;
  const auto has = [&](const std::string& wanted) {
    return std::ranges::any_of(names, [&](std::string name) {
      std::ranges::transform(name, name.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
      return name == wanted;
    });
  };
  CHECK(has("apca-api-key-id"));
  CHECK(has("apca-api-secret-key"));
}

TEST_CASE("a server that quotes the keys brings them into no description") {
  auto* server = server_of_this_file();
  if (server == nullptr) return;
  server->fault(
      fmt::format(R"({{"fault":"status","status":422,"json":{{"message":"key {} with {} is odd"}}}})",
                  server->key(), server->secret()));
  CHECK(get(*server, {}, server->credentials()).describe() == "HTTP 422 (key [key] with [key] is odd)");
}

TEST_CASE("every end of a request is told apart, and whether the server may have seen it") {
  auto* server = server_of_this_file();
  if (server == nullptr) return;
  HttpOptions quick;
  quick.total_timeout = 300ms;
  struct Case {
    std::string fault;
    Transport transport;
  };
  for (const auto& [fault, transport] :
       {Case{R"({"fault":"reset"})", Transport::reset}, Case{R"({"fault":"close"})", Transport::reset},
        Case{R"({"fault":"half_body"})", Transport::reset}, Case{R"({"fault":"hang"})", Transport::timeout},
        Case{R"({"fault":"drip","bytes":1})", Transport::timeout}}) {
    CAPTURE(fault);
    server->call("POST", "/reset");
    server->fault(fault);
    const auto result = get(*server, quick, server->credentials());
    CHECK(result.transport == transport);
    CHECK(result.status == 0);
    CHECK(result.body.empty());
    CHECK(result.may_have_arrived);
  }

  HttpClient nobody(quick, std::nullopt);
  const auto refused = nobody.send({.url = "http://127.0.0.1:9/", .body = {}});
  CHECK(refused.transport == Transport::refused);
  CHECK_FALSE(refused.may_have_arrived);
  const auto no_tls = nobody.send({.url = "https" + server->rest().substr(4) + "/v2/account", .body = {}});
  CHECK(no_tls.transport == Transport::reset);
  CHECK_FALSE(no_tls.may_have_arrived);
}

TEST_CASE("an answer larger than allowed is left, slow ones are given up, redirects are not followed") {
  auto* server = server_of_this_file();
  if (server == nullptr) return;
  HttpOptions small;
  small.body_bytes_max = 1000;
  server->fault(R"({"fault":"huge","bytes":5000000})");
  CHECK(get(*server, small).transport == Transport::too_large);
  server->fault(R"({"fault":"status","status":307,"headers":{"Location":"/v2/clock"}})");
  CHECK(get(*server).status == 307);
  CHECK(server->requests("/v2/clock").empty());
}

TEST_CASE("Retry-After and the limit's headers are read") {
  auto* server = server_of_this_file();
  if (server == nullptr) return;
  server->fault(R"({"fault":"status","status":429,"rate_headers":true,"retry_after":9,"headers":)"
                R"({"X-RateLimit-Remaining":"0","X-RateLimit-Limit":"200"}})");
  const auto answer = get(*server);
  CHECK(answer.retry_after == 9s);
  CHECK(answer.rate_limit.remaining == 0);
  CHECK(answer.rate_limit.limit == 200);
  server->fault(
      R"({"fault":"status","status":503,"headers":{"Retry-After":"Fri, 31 Dec 1999 23:59:59 GMT"}})");
  CHECK(get(*server).retry_after < 0s);
}

TEST_CASE("a certificate that is not trusted is its own outcome, one that is named is trusted") {
  if (!FakeAlpaca::usable()) return;
  const Scratch scratch;
  const FakeAlpaca server({"--generate", "10", "--tls", (scratch / "tls").string()});
  CHECK(get(server).transport == Transport::tls);
  HttpOptions trusting;
  trusting.ca_file = server.endpoints().ca_file;
  CHECK(get(server, trusting, server.credentials()).status == 200);
}

TEST_CASE("a stop ends a request that hangs") {
  auto* server = server_of_this_file();
  if (server == nullptr) return;
  server->fault(R"({"fault":"hang"})");
  HttpOptions options;
  options.stopping = [] { return true; };
  CHECK(get(*server, options).transport == Transport::stopped);
}

}  // namespace ctt
