#include "alpaca/endpoints.h"

#include <doctest/doctest.h>

#include "alpaca/http.h"
#include "alpaca/url_encoding.h"
#include "base/error.h"

namespace ctt {

using alpaca::Endpoints;
using alpaca::parse_url;

TEST_CASE("an address is taken apart, and what is none is refused") {
  const auto url = parse_url("HTTPS://Data.Alpaca.Markets/v2?x=1");
  CHECK(url.scheme == "https");
  CHECK(url.host == "data.alpaca.markets");
  CHECK(url.port == "443");
  CHECK(url.target == "/v2?x=1");
  CHECK(url.secure);
  CHECK(parse_url("http://[::1]:8080").host == "::1");
  CHECK(parse_url("ws://localhost").port == "80");
  CHECK(parse_url("ws://localhost").target == "/");
  for (const char* text : {"", "data.alpaca.markets", "ftp://x", "https://", "https:///x", "https://a b",
                           "https://x:0", "https://x:70000", "https://x:http", "https://x#y"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_url(text), base::Error);
  }
}

TEST_CASE("a user in an address is refused without being quoted") {
  try {
    parse_url("https://PKSENTINEL:secret@data.alpaca.markets");
    FAIL("taken");
  } catch (const base::Error& error) {
    CHECK(std::string(error.what()).find("SENTINEL") == std::string::npos);
  }
}

TEST_CASE("only this machine is spoken to without encryption") {
  for (const char* host : {"127.0.0.1:8000", "localhost", "[::1]:1", "127.8.9.1"}) {
    Endpoints endpoints;
    endpoints.data_url = std::string("http://") + host;
    endpoints.stream_url = std::string("ws://") + host;
    CHECK_NOTHROW(endpoints.check());
  }
  for (const char* url : {"http://data.alpaca.markets", "http://127.0.0.1.example.com", "http://128.0.0.1",
                          "wss://data.alpaca.markets", "https://data.alpaca.markets/?x=1"}) {
    CAPTURE(url);
    Endpoints endpoints;
    endpoints.data_url = url;
    CHECK_THROWS_AS(endpoints.check(), base::Error);
  }
  CHECK_NOTHROW(Endpoints().check());
  alpaca::HttpClient client({}, std::nullopt);
  CHECK_THROWS_AS(client.send({.url = "http://data.alpaca.markets/", .body = {}}), base::Error);
}

TEST_CASE("trading is paper, whatever is not known to be counts as live") {
  Endpoints endpoints;
  CHECK_FALSE(endpoints.live());
  CHECK(endpoints.trading_stream_url() == "wss://paper-api.alpaca.markets/stream");
  endpoints.trading_url = "http://127.0.0.1:9/";
  CHECK_FALSE(endpoints.live());
  CHECK(endpoints.trading_stream_url() == "ws://127.0.0.1:9/stream");
  for (const char* url : {"https://api.alpaca.markets", "https://paper-api.alpaca.markets.example.com"}) {
    endpoints.trading_url = url;
    CHECK(endpoints.live());
  }
}

TEST_CASE("values of a query are encoded, each byte of them") {
  CHECK(alpaca::query_text({{"symbols", "BTC/USD"}, {"page_token", "QlR+/="}}) ==
        "?symbols=BTC%2FUSD&page_token=QlR%2B%2F%3D");
  CHECK(alpaca::query_text({}).empty());
}

}  // namespace ctt
