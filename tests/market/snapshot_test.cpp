#include "market/snapshot.h"

#include "base/error.h"
#include "base/sha256.h"
#include "hours.h"

using namespace ctt;
using market::decode_snapshot;
using market::encode_snapshot;

namespace {

market::Window window() { return {support::hours({1, 2, 3}), 1, {}}; }

std::string refusal(const std::string& bytes) {
  try {
    decode_snapshot(bytes);
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::integrity);
    return error.what();
  }
  return "accepted";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a snapshot is a csv under a line that says what it is of") {
  CHECK(encode_snapshot(window()) ==
        "# ctt snapshot 1 timeframe=1h warm_up=1 symbol=BTC/USD\n"
        "timestamp,open,high,low,close,volume\n"
        "2024-01-01T01:00:00Z,101,102,100,101,5\n"
        "2024-01-01T02:00:00Z,102,103,101,102,5\n"
        "2024-01-01T03:00:00Z,103,104,102,103,5\n");
}

TEST_CASE("a window comes back from its snapshot, and the name follows the content") {
  auto original = window();
  original.series.symbol = "a symbol=2 x";
  original.series.candles[0].volume = 0.1 + 0.2;
  const auto bytes = encode_snapshot(original);
  const auto copy = decode_snapshot(bytes);
  CHECK(copy.series.symbol == original.series.symbol);
  CHECK(copy.series.timeframe == original.series.timeframe);
  CHECK(copy.series.candles == original.series.candles);
  CHECK(copy.warm_up == 1);
  CHECK(copy.first() == support::hour(2));

  original.series.candles[0].volume = std::nextafter(0.1 + 0.2, 1);
  CHECK(base::sha256(encode_snapshot(original)) != base::sha256(bytes));
}

TEST_CASE("what is not a snapshot, or not in its one form, is refused") {
  const auto bytes = encode_snapshot(window());
  CHECK(refusal("") == "these bytes are not a snapshot: its first line is not of this version");
  CHECK(refusal(replaced(bytes, "snapshot 1", "snapshot 2"))
            .ends_with("its first line is not of this version"));
  CHECK(refusal(replaced(bytes, " warm_up=1", "")).ends_with("its first line has no warm_up"));
  CHECK(refusal(replaced(bytes, "warm_up=1", "warm_up=3")).ends_with("its warm_up leaves no bar"));
  CHECK(refusal(replaced(bytes, "warm_up=1", "warm_up=01")).ends_with("they are not in the canonical form"));
  CHECK(refusal(replaced(bytes, "=1h", "=2h")).find("is not a timeframe") != std::string::npos);
  CHECK(refusal(replaced(bytes, ",101,", ",101.0,")).ends_with("they are not in the canonical form"));
  CHECK(refusal(bytes + "\n").ends_with("they are not in the canonical form"));
  CHECK(refusal(bytes.substr(0, bytes.size() - 4)).find("line 4") != std::string::npos);
}
