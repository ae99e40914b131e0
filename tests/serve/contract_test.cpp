#include "contract.h"

#include <set>

#include "desk.h"
#include "serve/openapi.h"

using namespace ctt;
using namespace ctt::serve;

namespace {

// `/api/models/{version}` as the table writes it.
std::string pattern_of(const std::string& path) {
  std::string pattern;
  bool inside = false;
  for (const char c : path) {
    if (c == '{') pattern += '*';
    inside = c == '{' || (inside && c != '}');
    if (!inside && c != '}') pattern += c;
  }
  return pattern;
}

}  // namespace

TEST_CASE("the contract names every call there is, and no other") {
  std::set<std::string> described, served;
  auto paths = base::JsonValue::parse(openapi(), "the contract").as_object().at("paths").as_object();
  for (const auto& path : paths.keys()) {
    for (auto method : paths.at(path).as_object().keys()) {
      std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      described.insert(fmt::format("{} {}", method, pattern_of(path)));
    }
  }
  for (const auto& route : all_routes()) served.insert(fmt::format("{} {}", route.method, route.path));
  CHECK(fmt::format("{}", fmt::join(described, "\n")) == fmt::format("{}", fmt::join(served, "\n")));
  Desk desk;
  CHECK(desk.ask("GET", "/api/openapi.json").body == openapi());
}

TEST_CASE("a check against the contract finds what is missing and what is of another type") {
  CHECK(breach(R"({"version":"1","commit":"c","database_schema":3,"protocol":1})", "Version") == "");
  CHECK(breach(R"({"version":"1","commit":"c","database_schema":3})", "Version") != "");
  CHECK(breach(R"({"version":1,"commit":"c","database_schema":3,"protocol":1})", "Version") != "");
  CHECK(breach(R"({"experiment":{},"iterations":[]})", "ExperimentDetail") != "");
  CHECK(breach(R"({"items":[{"model_version":1}]})", "items:Model") != "");
  CHECK(breach(R"([{"id":"a","deleted":true},{"id":1,"deleted":true}])", "Deleted[]") != "");
}

TEST_CASE("answers of a desk with nothing going on keep the contract") {
  Desk desk;
  const std::pair<const char*, const char*> calls[] = {
      {"/api/continuous/status", "Status"},
      {"/api/continuous/schedules", "items:Status"},
      {"/api/experiments", "Experiment[]"},
      {"/api/experiments/base", "ExperimentDetail"},
      {"/api/experiments/compare?ids=base,base", "Comparison"},
      {"/api/leaderboard", "LeaderboardEntry[]"},
      {"/api/stats", "Stats"},
      {"/api/packs", "Pack[]"},
      {"/api/packs/quick", "Pack"},
      {"/api/datasets", "Dataset[]"},
      {"/api/datasets/btc-1h", "Dataset"},
      {"/api/datasets/btc-1h/preview", "Preview"},
      {"/api/datasets/features", "FeatureType[]"},
      {"/api/models", "items:Model"},
      {"/api/models/1", "Model"},
      {"/api/models/1/lineage", "items:Model"},
      {"/api/live/status", "LiveStatus"},
      {"/api/live/sessions", "LiveSession[]"},
      {"/api/training/running", "RunningTraining[]"},
      {"/api/status", "ServerStatus"},
      {"/api/version", "Version"}};
  for (const auto& [path, schema] : calls) {
    CAPTURE(path);
    const auto answer = desk.ask("GET", path);
    CHECK(answer.status == 200);
    CHECK_CONTRACT(answer, schema);
  }
  CHECK_CONTRACT(desk.ask("GET", "/api/packs/none"), "Problem");
}

TEST_CASE("schedules and their cycles keep the contract") {
  Desk desk;
  desk.change(
      [](store::Transaction& change) { store::schedules::insert(change, sample::schedule_row("btc")); });
  {
    store::Database database(desk.home.database());
    sample::start(database, sample::claim(database));
  }
  CHECK_CONTRACT(desk.ask("GET", "/api/continuous/status"), "Status");
  CHECK_CONTRACT(desk.ask("GET", "/api/continuous/history"), "items:Cycle");
  CHECK_CONTRACT(desk.ask("POST", "/api/continuous/pause"), "Status");
  CHECK_CONTRACT(desk.ask("POST", "/api/continuous/start"), "Problem");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/equity"), "EquitySeries");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/bars"), "BarSeries");
  CHECK_CONTRACT(desk.ask("GET", "/api/live/trades"), "TradeSeries");
  CHECK_CONTRACT(desk.ask("POST", "/api/live/halt"), "Halted");
}
