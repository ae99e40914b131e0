#include "alpaca/bar_page.h"

#include <cmath>

#include <doctest/doctest.h>

namespace ctt {

using alpaca::BarPage;
using Token = BarPage::Token;

namespace {

// Reads a text that must be readable.
BarPage page(std::string text) {
  BarPage page;
  const auto problem = page.read(text, "BTC/USD");
  REQUIRE_MESSAGE(!problem, problem.value_or(""));
  return page;
}

std::string problem(std::string text) { return BarPage().read(text, "BTC/USD").value_or("none"); }

}  // namespace

TEST_CASE("a page gives its bars to the last bit and the token of the next") {
  const auto read = page(
      R"({"bars":{"BTC/USD":[{"t":"2031-03-04T10:00:00Z","o":50100.5,"h":50190,"l":50050.25,"c":0.1,"v":0.4125,)"
      R"("n":7,"vw":50111.875}]},"next_page_token":"QlRD"})");
  REQUIRE(read.candles.size() == 1);
  const auto& bar = read.candles.front();
  CHECK(bar.open_time == base::parse_time("2031-03-04T10:00:00Z"));
  CHECK(bar.open == 50100.5);
  CHECK(bar.high == 50190);
  CHECK(bar.low == 50050.25);
  CHECK(bar.close == 0.1);
  CHECK(bar.volume == 0.4125);
  CHECK(read.token == Token::next);
  CHECK(read.next_page_token == "QlRD");
}

TEST_CASE("null and empty tokens end the pages, one that is not there tells nothing") {
  CHECK(page(R"({"bars":{},"next_page_token":null})").token == Token::last);
  CHECK(page(R"({"bars":{},"next_page_token":""})").token == Token::last);
  CHECK(page(R"({"bars":{}})").token == Token::absent);
}

TEST_CASE("null where a list or a number belongs does no harm, and a missing price is not-a-number") {
  CHECK(page(R"({"bars":null,"next_page_token":null})").candles.empty());
  CHECK(page(R"({"bars":{"BTC/USD":null},"next_page_token":null})").candles.empty());
  const auto read = page(R"({"bars":{"BTC/USD":[{"t":"2031-03-04T10:00:00Z","o":1,"h":null,"c":2,"v":0}]}})");
  REQUIRE(read.candles.size() == 1);
  CHECK(std::isnan(read.candles[0].high));
  CHECK(std::isnan(read.candles[0].low));
  CHECK(read.candles[0].close == 2);
}

TEST_CASE("other symbols and members nobody knows are passed over, however deep") {
  const auto read = page(
      R"({"next_page_token":null,"new":{"bars":{"BTC/USD":[{"t":"x"}]}},"bars":{"ETH/USD":[{"t":"y"}],)"
      R"("BTC/USD":[{"t":"2031-03-04T10:00:00.000Z","z":{"o":[9]},"o":1,"h":1,"l":1,"c":1,"v":1,"x":true}]}})");
  REQUIRE(read.candles.size() == 1);
  CHECK(read.candles[0].open == 1);
  CHECK(read.token == Token::last);
}

TEST_CASE("what is not an answer about bars is refused with a reason") {
  CHECK(problem("<html>Bad gateway</html>").find("not JSON") != std::string::npos);
  CHECK(problem("").find("not JSON") != std::string::npos);
  CHECK(problem(R"({"bars":{"BTC/USD":[{"t":"2031-03-04T10)").find("not JSON") != std::string::npos);
  CHECK(problem("[]") == "it is a list");
  CHECK(problem(R"({"bars":{"BTC/USD":[{"o":1}]}})") == "a bar has no time");
  CHECK(problem(R"({"bars":{"BTC/USD":[{"t":"noon"}]}})") == "\"noon\" is not a time");
  CHECK(problem(R"({"bars":{"BTC/USD":[{"t":1930000000}]}})") == "\"t\" of a bar is a number");
  CHECK(problem(R"({"bars":{"BTC/USD":[{"t":"2031-03-04T10:00:00Z","c":"1"}]}})") ==
        "\"c\" of a bar is a text");
}

TEST_CASE("an answer of another shape is no answer without bars") {
  CHECK(problem("{}") == "it has no bars");
  CHECK(problem("true") == "it is true or false");
  CHECK(problem("null") == "it is null");
  CHECK(problem(R"({"code":40410000,"message":"asset not found for FAKE"})") == "it has no bars");
  CHECK(problem(R"({"next_page_token":null})") == "it has no bars");
  CHECK(problem(R"({"quotes":{"BTC/USD":[]},"next_page_token":null})") == "it has no bars");
  CHECK(problem(R"({"bars":[]})") == "its bars are a list");
  CHECK(problem(R"({"bars":""})") == "its bars are a text");
  CHECK(problem(R"({"bars":false})") == "its bars are true or false");
  CHECK(problem(R"({"bars":{"BTC/USD":{}}})") == "the bars of a symbol are an object");
  CHECK(problem(R"({"bars":{"BTC/USD":{"t":"2031-03-04T10:00:00Z","o":1,"h":1,"l":1,"c":1,"v":1}}})") ==
        "the bars of a symbol are an object");
  CHECK(problem(R"({"bars":{"ETH/USD":{},"BTC/USD":[]}})") == "the bars of a symbol are an object");
  CHECK(problem(R"({"bars":{"BTC/USD":7}})") == "the bars of a symbol are a number");
  CHECK(problem(R"({"bars":{"BTC/USD":[null]}})") == "a bar is null");
  CHECK(problem(R"({"bars":{"BTC/USD":[[]]}})") == "a bar is a list");
  CHECK(problem(R"({"bars":{"BTC/USD":[{}]}})") == "a bar has no time");
  CHECK(problem(R"({"bars":{"BTC/USD":[{"t":"2031-03-04T10:00:00Z","o":{}}]}})") ==
        "\"o\" of a bar is an object");
  CHECK(problem(R"({"bars":{},"next_page_token":7})") == "its next_page_token is a number");
}

TEST_CASE("an answer about other symbols alone is not about the one that was asked for") {
  CHECK(problem(R"({"bars":{"ETH/USD":[]},"next_page_token":null})") ==
        "it is about ETH/USD, not about BTC/USD");
}

TEST_CASE("a bar's time has up to nine digits of a second, and they are zeros") {
  const auto with = [](const std::string& time) {
    return R"({"bars":{"BTC/USD":[{"t":")" + time + R"(","o":1,"h":1,"l":1,"c":1,"v":1}]}})";
  };
  CHECK(page(with("2031-03-04T10:00:00.000000000Z")).candles.at(0).open_time ==
        base::parse_time("2031-03-04T10:00:00Z"));
  CHECK(problem(with("2031-03-04T10:00:00.5Z")) == "a bar opens within a second");
}

TEST_CASE("bytes behind the end of an answer make it unreadable, zero bytes too") {
  using namespace std::string_literals;
  const std::string whole = R"({"bars":{},"next_page_token":null})";
  CHECK(problem(whole + "\n") == "none");
  CHECK(problem(whole + "\0"s) == "it is not JSON at byte 34: a zero byte");
  CHECK(problem(whole + "\0garbage {"s).find("not JSON") != std::string::npos);
  CHECK(problem(whole + " x").find("not JSON") != std::string::npos);
}

}  // namespace ctt
