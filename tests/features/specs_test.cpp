#include "base/error.h"
#include "base/json.h"
#include "features/features.h"

using ctt::base::Error;
using ctt::features::FeatureSet;

namespace {

std::string refusal(std::string_view json) {
  try {
    FeatureSet::parse(json);
  } catch (const Error& error) {
    CHECK(error.failure() == ctt::base::Failure::usage);
    return error.what();
  }
  return "accepted";
}

std::size_t warm_up_rows(std::string_view spec) { return FeatureSet::parse(spec).warm_up_rows(); }

}  // namespace

TEST_CASE("a spec with its defaults left out means the same as one that writes them") {
  const auto brief = FeatureSet::parse(R"([{"type":"rsi"},{"type":"bollinger_position","std_dev":null}])");
  const auto full = FeatureSet::parse(
      R"([{"normalize":true,"period":14,"type":"rsi"},{"type":"bollinger_position","std_dev":2,"period":20}])");
  CHECK(brief == full);
  CHECK(brief.json() == R"([{"type":"rsi","period":14,"normalize":true},)"
                        R"({"type":"bollinger_position","period":20,"std_dev":2.0}])");
  CHECK(FeatureSet::parse(brief.json()) == brief);
  CHECK_FALSE(brief == FeatureSet::parse(R"([{"type":"rsi"},{"type":"bollinger_position","std_dev":2.5}])"));
}

TEST_CASE("columns stand in the order of the specs and carry the parameters that tell them apart") {
  const auto features = FeatureSet::parse(
      R"([{"type":"sma_trend","fast":5,"slow":9},{"type":"returns","periods":[7,2]},{"type":"volatility"},
          {"type":"macd"}])");
  CHECK(features.columns() == std::vector<std::string>{"trend_5", "trend_9", "ret_7h", "ret_2h", "vol",
                                                       "vol_norm", "macd_line", "macd_signal", "macd_hist"});
  CHECK(FeatureSet::parse(R"([{"type":"volatility","rolling_norm_period":0}])").columns() ==
        std::vector<std::string>{"vol"});
}

TEST_CASE("a spec that means nothing is refused by place and name") {
  CHECK(refusal(R"([{"type":"rsy"}])") == R"(features[0]: unknown type "rsy" (did you mean "rsi"?))");
  CHECK(refusal(R"([{"type":"rsi"},{"type":"cci","perod":9}])") ==
        R"(features[1]: unknown key "perod" (did you mean "period"?))");
  CHECK(refusal(R"([{"period":14}])") == R"(features[0]: "type" is missing)");
  CHECK(refusal(R"([{"type":"rsi","period":0}])") ==
        R"(features[0]: "period" must lie between 1 and 10000, not be 0)");
  CHECK(refusal(R"([{"type":"rsi","period":2.5}])") ==
        R"(features[0]: "period" must be a whole number, not 2.5)");
  CHECK(refusal(R"([{"type":"rsi","normalize":"tanh"}])") ==
        R"(features[0]: "normalize" must be true or false, not "tanh")");
  CHECK(refusal(R"([{"type":"roc","normalize":"zscore"}])") ==
        R"(features[0]: "normalize" must be tanh or none, not "zscore")");
  CHECK(refusal(R"([{"type":"volatility","rolling_norm_period":1}])") ==
        R"(features[0]: "rolling_norm_period" must lie between 2 and 10000, or be 0, not be 1)");
  CHECK(refusal(R"([{"type":"obv","rolling_norm_period":0}])") ==
        R"(features[0]: "rolling_norm_period" must lie between 2 and 10000, not be 0)");
  CHECK(refusal(R"([{"type":"returns","periods":[]}])") == R"(features[0]: "periods" is empty)");
  CHECK(refusal(R"([{"type":"returns","periods":[1,-4]}])") ==
        R"(features[0]: "periods"[1] must lie between 1 and 10000, not be -4)");
  CHECK(refusal(R"([{"type":"macd","fast":26,"slow":26}])") ==
        R"(features[0] (macd): "fast" must be less than "slow")");
  CHECK(refusal(R"([{"type":"rsi"},{"type":"rsi","period":28}])") ==
        "features[1]: the column rsi is there already");
  CHECK(refusal("[]") == "features: at least one feature is needed");
  CHECK(refusal(R"({"type":"rsi"})").starts_with("features must be a list"));
}

TEST_CASE("the warm-up reaches to the first row that has its final meaning") {
  CHECK(warm_up_rows(R"([{"type":"returns","periods":[3,9,5]}])") == 9);
  CHECK(warm_up_rows(R"([{"type":"sma_trend","fast":3,"slow":5}])") == 4);
  CHECK(warm_up_rows(R"([{"type":"rsi","period":14}])") == 14);  // row 13 still counts the missing change
  CHECK(warm_up_rows(R"([{"type":"atr"}])") == 14 + 71);         // row 0 has no close before it
  CHECK(warm_up_rows(R"([{"type":"volatility"}])") == 23 + 71);
  CHECK(warm_up_rows(R"([{"type":"stochastic"}])") == 13 + 2);
  CHECK(warm_up_rows(R"([{"type":"obv"}])") == 20);
  CHECK(warm_up_rows(R"([{"type":"returns"},{"type":"cci"}])") == 48);
  // 100 (25/27)^n, thrice, is below a millionth of the price after some 250 rows.
  CHECK(warm_up_rows(R"([{"type":"macd"}])") > 240);
  CHECK(warm_up_rows(R"([{"type":"macd"}])") < 290);
}

TEST_CASE("the catalogue names thirteen types, and a set of their defaults can be made from it") {
  const auto types = ctt::base::JsonValue::parse(ctt::features::catalogue_json(), "catalogue").as_array();
  CHECK(types.size() == 13);
  for (const auto& type : types) {
    auto entry = type.as_object();
    ctt::base::JsonWriter spec;
    spec.array().object().field("type", entry.string("type"));
    for (const auto& parameter : entry.at("params").as_array()) {
      auto described = parameter.as_object();
      CHECK_FALSE(described.string("description").empty());
      spec.raw_field(described.string("name"), described.at("default").text());
    }
    const auto made = FeatureSet::parse(spec.end().end().text());
    CHECK(made == FeatureSet::parse(fmt::format(R"([{{"type":"{}"}}])", entry.string("type"))));
    std::vector<std::string> columns;
    for (const auto& column : entry.at("columns").as_array()) columns.push_back(column.as_string());
    CHECK(columns == made.columns());
  }
}
