#include "cmd/training/train.h"

#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

// A desk with 500 hours of made-up bars from 2024-01-01T00:00Z on, whose features take 14 rows to warm up, and
// a pack.
struct Classroom : support::Desk {
  Classroom() {
    change([](store::Transaction& change) {
      store::packs::insert(change, sample::pack("p"));
      auto dataset = sample::dataset("d");
      dataset.source_type = "synthetic";
      dataset.source_config =
          R"({"symbol":"BTC/USD","timeframe":"1h","seed":3,"candles":500,"start":"2024-01-01T00:00:00Z"})";
      store::datasets::insert(change, dataset);
    });
  }
};

Train train_on_d() {
  Train train;
  train.dataset = "d";
  train.pack = "p";
  return train;
}

}  // namespace

TEST_CASE("--candles are the newest bars, those up to --to, or those from --from on") {
  Classroom desk;
  auto train = train_on_d();
  train.candles = 100;
  CHECK(desk.would(train).find("on 100 bars of BTC/USD 1h up to 2024-01-21T19:00:00Z") != std::string::npos);
  SUBCASE("up to a time") {
    train.to = "2024-01-11T07:30:00Z";
    CHECK(desk.would(train).find("on 100 bars of BTC/USD 1h up to 2024-01-11T07:00:00Z") !=
          std::string::npos);
  }
  SUBCASE("up to a time after the newest bar") {
    train.to = "2025-01-01T00:00:00Z";
    CHECK(desk.would(train).find("on 100 bars of BTC/USD 1h up to 2024-01-21T19:00:00Z") !=
          std::string::npos);
  }
  SUBCASE("from a time on") {
    train.from = "2024-01-05T00:00:00Z";
    CHECK(desk.would(train).find("on 100 bars of BTC/USD 1h up to 2024-01-09T03:00:00Z") !=
          std::string::npos);
  }
}

TEST_CASE("fewer bars than --candles are refused with how many there are") {
  Classroom desk;
  auto train = train_on_d();
  Globals dry;
  dry.dry_run = true;
  train.candles = 300;
  train.to = "2024-01-11T07:00:00Z";  // the 248th bar
  const auto refusal = desk.refusal(train, dry);
  CHECK(refusal.exit_status == 6);
  CHECK(
      refusal.sentence ==
      "dataset d has 248 bars up to 2024-01-11T07:00:00Z; 300 bars with 14 before them for its features need "
      "314");
  CHECK(refusal.fix == "ctt ... --candles 234");
  train.candles = 234;
  CHECK(desk.would(train).find("on 234 bars") != std::string::npos);
  train.candles = 300;
  train.to = "2023-12-31T00:00:00Z";  // before the first
  CHECK(desk.refusal(train, dry).sentence.starts_with("dataset d has 0 bars up to 2023-12-31T00:00:00Z;"));
}

TEST_CASE("two of --from, --to and --candles say which bars, three are refused") {
  Classroom desk;
  auto train = train_on_d();
  train.from = "2024-01-05T00:00:00Z";
  train.to = "2024-01-11T07:00:00Z";
  train.candles = 100;
  const auto refusal = desk.refusal(train);
  CHECK(refusal.exit_status == 2);
  CHECK(refusal.sentence.starts_with("--from, --to and --candles together say too much"));
}

TEST_CASE("a flag mends settings of the learner that do not go together") {
  Classroom desk;
  support::write(desk.scratch / "config.toml",
                 "[learner]\nengine = \"autograd\"\nprecision = \"bfloat16\"\n");
  auto train = train_on_d();
  train.candles = 300;
  CHECK(desk.refusal(train).exit_status == 2);
  train.precision = "float32";
  CHECK(desk.would(train).find("on 300 bars") != std::string::npos);
}

TEST_CASE("a tag that ctt keeps for itself is refused") {
  Classroom desk;
  auto train = train_on_d();
  train.candles = 300;
  train.tags = {"continuous"};
  CHECK(desk.refusal(train).exit_status == 5);
}
