#include "cmd/experiments/cancel.h"
#include "cmd/experiments/compare.h"
#include "cmd/experiments/delete.h"
#include "cmd/experiments/tag.h"

#include <unistd.h>

#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

/// The basics, and an ended experiment `tuned` with another rate.
void fill(store::Transaction& change) {
  sample::add_basics(change);
  auto tuned = sample::experiment("exp-000000000002", "tuned");
  tuned.config = R"({"seed":7,"training_config":{"lr":0.001,"gamma":0.99}})";
  tuned.tags = {"continuous", "schedule:btc"};
  store::experiments::insert(change, tuned);
  store::experiments::finish(change, tuned.id,
                             {.status = store::ExperimentStatus::completed,
                              .final_metrics = R"({"pnl":20.5,"kl":0.01})",
                              .checkpoint_sha256 = {},
                              .message = {}},
                             sample::kNoon);
  auto other = sample::experiment("exp-000000000003", "other");
  other.config = R"({"seed":7,"training_config":{"lr":0.002,"gamma":0.99}})";
  other.pid = 999'999'999;
  store::experiments::insert(change, other);
}

ExperimentsTag tag(std::vector<std::string> add, std::vector<std::string> remove = {}) {
  ExperimentsTag command;
  command.experiment = "tuned";
  command.tags = std::move(add);
  command.remove = std::move(remove);
  return command;
}

std::vector<std::string> tags_of_tuned(Desk& desk) {
  return desk.look([](auto& database) { return store::experiments::get(database, "tuned").tags; });
}

}  // namespace

TEST_CASE("two runs are compared by what differs in their settings and by all their metrics") {
  Desk desk;
  desk.change(fill);
  ExperimentsCompare command;
  command.a = "tuned";
  command.b = "other";
  auto compared = desk.json(command);
  const auto settings = compared.at("settings").as_array();
  REQUIRE(settings.size() == 1);  // the seed and gamma are the same
  CHECK(settings[0].text() == R"({"name":"training_config.lr","a":0.001,"b":0.002})");
  const auto metrics = compared.at("metrics").as_array();
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[1].text() == R"({"name":"pnl","a":20.5,"b":null})");
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out().find("training_config.lr  0.001  0.002") != std::string::npos);
  command.b = "nothing";
  CHECK(desk.refusal(command).exit_status == 3);
}

TEST_CASE("tags are added once and taken away, and those of cycles are not touched") {
  Desk desk;
  desk.change(fill);
  REQUIRE(desk.run(tag({"champion", "fee=0.001", "champion"})) == 0);
  CHECK(tags_of_tuned(desk) ==
        std::vector<std::string>{"continuous", "schedule:btc", "champion", "fee=0.001"});
  REQUIRE(desk.run(tag({}, {"champion"})) == 0);
  CHECK(tags_of_tuned(desk).size() == 3);
  CHECK(desk.refusal(tag({}, {"schedule:btc"})).exit_status == 5);
  CHECK(desk.refusal(tag({"two words"})).exit_status == 2);
  CHECK(desk.refusal(tag({})).exit_status == 2);
  desk.would(tag({"never"}));
  CHECK(tags_of_tuned(desk).size() == 3);
}

TEST_CASE("a run is deleted when nothing needs it, and only after a yes") {
  Desk desk;
  desk.change(fill);
  ExperimentsDelete command;
  command.experiment = "tuned";
  CHECK(desk.refusal(command).exit_status == 2);
  CHECK(desk.would(command).find("delete experiment tuned") != std::string::npos);
  REQUIRE(desk.run(command, support::yes()) == 0);
  CHECK(desk.refusal(command, support::yes()).exit_status == 3);
  command.experiment = "base";  // model v1 is its checkpoint
  CHECK(desk.refusal(command, support::yes()).exit_status == 5);
  command.experiment = "other";  // it runs
  CHECK(desk.refusal(command, support::yes()).fix == "ctt experiments cancel exp-000000000003");
}

TEST_CASE("only a training that is there is asked to stop") {
  Desk desk;
  desk.change(fill);
  ExperimentsCancel command;
  command.experiment = "tuned";
  CHECK_FALSE(desk.json(command).boolean("asked", true));  // it has ended
  command.experiment = "other";
  CHECK(desk.refusal(command).exit_status == 5);  // its process is gone
}
