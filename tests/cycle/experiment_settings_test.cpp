#include "cycle/experiment_settings.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace ctt;
using cycle::ExperimentSettings;

namespace {

ExperimentSettings settings() {
  ExperimentSettings settings;
  settings.hp_pack_id = "p";
  settings.dataset_id = "d";
  settings.pack = training::Pack::parse(R"({"lr":0.001,"window_size":9})", "pack p");
  settings.features = features::FeatureSet::parse(R"([{"type":"rsi","period":6}])");
  settings.symbol = "ETH/USD";
  settings.timeframe = market::Timeframe::parse("4h");
  settings.seed = 77;
  settings.iterations = 12;
  settings.learning_rate = 0.0002;
  settings.held_back = 30;
  settings.compute = {.engine = training::Engine::autograd, .device = training::Device::cuda, .threads = 3};
  settings.parent_experiment_id = "exp-1";
  settings.cycle_number = 5;
  settings.parent_sha256 = "abc";
  return settings;
}

// What a row said before threads were recorded, of a training without a parent.
const std::string kOldRow =
    R"({"training_config":{"lr":0.001},"hp_pack_id":"p","dataset_id":"d","features":[{"type":"rsi"}],)"
    R"("symbol":"BTC/USD","timeframe":"1h","seed":7,"iterations":2,"learning_rate":0.001,)"
    R"("held_back_bars":0,"engine":"fast","device":"cpu","parent_experiment_id":null,"cycle_number":null})";

}  // namespace

TEST_CASE("an experiment's settings are read back as they were written") {
  const auto written = settings();
  const auto read = ExperimentSettings::parse(written.json(), "experiment x");
  CHECK(read.json() == written.json());
  CHECK(read.seed == 77);
  CHECK(read.held_back == 30);
  CHECK(read.compute == written.compute);
  CHECK(read.timeframe == written.timeframe);
  CHECK(read.parent_experiment_id == "exp-1");
  CHECK(read.cycle_number == 5);
  CHECK(read.parent_sha256 == "abc");
}

TEST_CASE("threads change no hash of the settings; all that changes a result does") {
  auto other = settings();
  other.compute.threads = 8;
  CHECK(other.sha256() == settings().sha256());
  CHECK(other.json() != settings().json());
  other.compute.precision = training::Precision::bfloat16;
  CHECK(other.sha256() != settings().sha256());
  CHECK(ExperimentSettings::parse(other.json(), "experiment x").compute == other.compute);
  other = settings();
  other.seed = 78;
  CHECK(other.sha256() != settings().sha256());
}

TEST_CASE("rows of earlier versions are read, and a missing key is named with its experiment") {
  const auto read = ExperimentSettings::parse(kOldRow, "experiment x");
  CHECK(read.compute.threads == 1);
  CHECK(read.parent_sha256.empty());
  CHECK_FALSE(read.parent_experiment_id.has_value());
  CHECK_FALSE(read.cycle_number.has_value());
  CHECK_THROWS_WITH_AS(ExperimentSettings::parse(R"({"hp_pack_id":"p"})", "experiment x"),
                       doctest::Contains("experiment x"), base::Error);
}

TEST_CASE("of a base experiment the rate and the seed suffice") {
  const auto base = cycle::BaseSettings::parse(R"({"learning_rate":0.01,"seed":3,"more":1})", "experiment x");
  CHECK(base.learning_rate == 0.01);
  CHECK(base.seed == 3);
}
