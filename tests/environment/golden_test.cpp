// Holds scripted runs against traces of the environment that packs of this style were made for.
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "environment/episode.h"
#include "market/csv.h"
#include "support/reference.h"
#include "support/scratch.h"

using namespace ctt::environment;
using ctt::base::JsonObject;
using ctt::base::JsonValue;

namespace {

struct Row {
  int action;
  double close, reward, net_worth, asset;
};

/// The trace of each case: case, schemes, commission, step, action, close, reward, net worth, asset.
std::map<std::int64_t, std::vector<Row>> read_traces(const std::filesystem::path& file) {
  std::map<std::int64_t, std::vector<Row>> out;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::vector<std::string> values;
    for (std::string value; std::getline(fields, value, ',');) values.push_back(value);
    out[std::stoll(values.at(0))].push_back({std::stoi(values.at(5)), std::stod(values.at(6)),
                                             std::stod(values.at(7)), std::stod(values.at(8)),
                                             std::stod(values.at(9))});
  }
  return out;
}

std::map<std::string, double> numbers(JsonObject object) {
  std::map<std::string, double> out;
  for (const auto& key : object.keys()) {
    if (key != "return_algorithm") out[key] = object.number(key);
  }
  return out;
}

EpisodeSettings settings_of(JsonObject& object) {
  auto reward_parameters = object.at("reward_params").as_object();
  const auto algorithm = reward_parameters.string("return_algorithm", "sharpe");
  return {.action_scheme = ActionSchemeSpec::parse(object.string("action_scheme"),
                                                   numbers(object.at("action_params").as_object())),
          .reward_scheme =
              RewardSchemeSpec::parse(object.string("reward_scheme"), numbers(reward_parameters), algorithm),
          .fill = Fill::close,
          .costs = {.commission = object.number("commission")},
          .initial_cash = object.number("initial_cash")};
}

// The traces round money to cents. A quotient of two small numbers shows that: where the mean return
// is nearly 0, a cent is a part in 100,000 of it.
bool reward_agrees(double ours, double theirs, bool quotient) {
  const double apart = std::abs(ours - theirs);
  return quotient ? apart <= 2e-5 + 0.02 * std::abs(theirs)
                  : apart <= std::max(1e-6, 1e-3 * std::abs(theirs));
}

}  // namespace

TEST_CASE("sixteen scripted runs give the reference's net worth and rewards") {
  const auto candles_file = ctt::support::reference("golden/candles.csv");
  const auto cases_file = ctt::support::reference("golden/environment.json");
  const auto traces_file = ctt::support::reference("golden/environment.csv");
  if (!candles_file || !cases_file || !traces_file) return;
  const auto candles = ctt::market::read_csv(*candles_file);
  const auto traces = read_traces(*traces_file);
  const auto cases = JsonValue::parse(ctt::support::read(*cases_file), "environment.json").as_array();
  REQUIRE(cases.size() == 16);

  for (const auto& value : cases) {
    auto object = value.as_object();
    const auto settings = settings_of(object);
    const auto& trace = traces.at(object.integer("case"));
    REQUIRE(trace.size() == static_cast<std::size_t>(object.integer("steps")));
    CAPTURE(settings.action_scheme.name);
    CAPTURE(settings.reward_scheme.name);
    const bool quotient = settings.reward_scheme.name == "RiskAdjustedReturns";

    auto episode = Episode::scripted(candles, settings);
    for (std::size_t step = 0; step < trace.size(); ++step) {
      const auto& expected = trace[step];
      CAPTURE(step);
      REQUIRE(candles[step].close == expected.close);
      const auto got = episode.step(expected.action);
      REQUIRE(got.net_worth == doctest::Approx(expected.net_worth).epsilon(1e-4));
      REQUIRE(got.quantity == doctest::Approx(expected.asset).epsilon(1e-4));
      CAPTURE(got.reward);
      CAPTURE(expected.reward);
      REQUIRE(reward_agrees(got.reward, expected.reward, quotient));
    }
  }
}
