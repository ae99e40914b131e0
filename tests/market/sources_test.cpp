#include "market/sources.h"

#include "base/error.h"
#include "hours.h"
#include "market/csv.h"
#include "support/scratch.h"

using namespace ctt;
using market::open_source;

namespace {

const auto kHour = market::Timeframe::parse("1h");

std::string refusal(std::string_view type, std::string_view config) {
  try {
    open_source(type, config, "BTC/USD", kHour);
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::usage);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a csv source opens the file that its settings name") {
  const support::Scratch scratch;
  const auto file = support::write(scratch / "btc.csv", market::to_csv(support::hours({1, 2}).candles));
  const auto source = open_source("csv", fmt::format(R"({{"file":"{}"}})", file.string()), "BTC/USD", kHour);
  CHECK(source->closed_candles({support::hour(0), support::hour(9)}) == support::hours({1, 2}).candles);
}

TEST_CASE("a synthetic source begins where and at what price its settings say") {
  const auto source = open_source(
      "synthetic", R"({"seed":7,"regime":"regimes","candles":3,"start":"2024-01-01T02:00:00Z","price":50})",
      "BTC/USD", kHour);
  const auto candles = source->closed_candles({support::hour(0), support::hour(99)});
  REQUIRE(candles.size() == 3);
  CHECK(candles[0].open_time == support::hour(2));
  CHECK(candles[0].open == doctest::Approx(50));

  const auto epoch = open_source("synthetic", R"({"start":1704074400,"candles":1})", "BTC/USD", kHour);
  CHECK(epoch->available()->first == support::hour(2));
  CHECK_FALSE(open_source("synthetic", "{}", "BTC/USD", kHour)->available().has_value());
}

TEST_CASE("settings that no source has are refused by name") {
  CHECK(refusal("cvs", "{}") ==
        R"("cvs" is not a source that can be opened without a network (did you mean "csv"?))");
  CHECK(refusal("csv", "{}") == R"(csv source of BTC/USD: "file" is missing)");
  CHECK(refusal("csv", R"({"file":""})") == R"(csv source of BTC/USD: "file" is empty)");
  CHECK(refusal("csv", R"({"file":"a","sep":";"})") == R"(csv source of BTC/USD: unknown key "sep")");
  CHECK(refusal("synthetic", R"({"sede":1})") ==
        R"(synthetic source of BTC/USD: unknown key "sede" (did you mean "seed"?))");
  CHECK(refusal("synthetic", R"({"regime":"jumps"})") ==
        R"("jumps" is not a regime; there are gbm and regimes)");
  CHECK(refusal("synthetic", R"({"candles":-1})") ==
        R"(synthetic source of BTC/USD: "candles" must not be negative)");
  CHECK(refusal("synthetic", R"({"price":0})").starts_with("synthetic candles: price must lie between"));
  CHECK(refusal("synthetic", R"({"volatility":-1})")
            .starts_with("synthetic candles: volatility must lie between"));
  CHECK(refusal("synthetic", R"({"start":"2024-01-01T02:30:00Z"})") ==
        "synthetic candles: the start 2024-01-01T02:30:00Z opens no bar of 1h");
  CHECK(refusal("synthetic", R"({"start":"soon"})").starts_with(R"("soon" is not a time)"));
}
