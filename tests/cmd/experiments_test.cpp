#include "cmd/experiments/list.h"
#include "cmd/experiments/show.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

/// The basics, and an experiment `tuned` that failed in its third iteration.
void fill(store::Transaction& change) {
  sample::add_basics(change);
  auto tuned = sample::experiment("exp-000000000002", "tuned");
  tuned.started_at = sample::at("2026-11-23T11:00:00Z");
  tuned.tags = {"continuous", "schedule:btc"};
  tuned.config = R"({"training_config":{"lr":0.001},"seed":7,"symbol":"BTC/USD"})";
  tuned.total_iterations = 4;
  tuned.parent_experiment_id = "exp-000000000001";
  tuned.hp_pack_id = "quick";
  tuned.dataset_id = "btc-1h";
  store::experiments::insert(change, tuned);
  for (int i = 1; i <= 3; ++i) {
    const auto metrics = i == 3 ? R"({"episode_return_mean":null,"kl":0.5})"
                                : fmt::format(R"({{"episode_return_mean":{},"kl":0.01}})", 0.25 * i);
    store::experiments::add_iteration(change, tuned.id, i, metrics, sample::at("2026-11-23T11:01:00Z"));
  }
  store::experiments::finish(change, tuned.id,
                             {.status = store::ExperimentStatus::failed,
                              .final_metrics = {},
                              .checkpoint_sha256 = {},
                              .message = "loss is not a finite number"},
                             sample::at("2026-11-23T11:02:30Z"));
}

std::string names(Desk& desk, const ExperimentsList& command) {
  std::string text;
  for (const auto& item : desk.json(command).at("items").as_array())
    text += item.as_object().string("name") + " ";
  return text;
}

ExperimentsShow show(const std::string& name) {
  ExperimentsShow command;
  command.experiment = name;
  return command;
}

}  // namespace

TEST_CASE("experiments are listed newest first, by status and tag") {
  Desk desk;
  CHECK(names(desk, {}).empty());
  desk.change(fill);
  CHECK(names(desk, {}) == "tuned base ");
  ExperimentsList command;
  command.limit = 1;
  CHECK(names(desk, command) == "tuned ");
  command = {};
  command.status = "completed";
  CHECK(names(desk, command) == "base ");
  command = {};
  command.tag = "schedule:btc";
  CHECK(names(desk, command) == "tuned ");
  command.tag = "schedule:eth";
  CHECK(names(desk, command).empty());
  command.status = "done";
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("the table says how long a run took and why it has no result") {
  Desk desk;
  desk.change(fill);
  ExperimentsList command;
  command.status = "failed";
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() ==
        "EXPERIMENT  STATUS  STARTED               TOOK  DATASET  PACK   REWARD  IN-SAMPLE  TAGS\n"
        "tuned       failed  today 11:00:00  2 min 30 s  btc-1h   quick       -          -  continuous "
        "schedule:btc\n");
}

TEST_CASE("an experiment is shown with everything that made it") {
  Desk desk;
  desk.change(fill);
  auto shown = desk.json(show("tuned"));
  CHECK(shown.string("schema") == "ctt.experiments.show/1");
  CHECK(shown.string("status") == "failed");
  CHECK(shown.string("message") == "loss is not a finite number");
  CHECK(shown.at("config").as_object().integer("seed") == 7);
  CHECK(shown.string("parent_experiment_id") == "exp-000000000001");
  CHECK_FALSE(shown.find("checkpoint_sha256").has_value());
  CHECK_FALSE(shown.find("model_version").has_value());
  const auto iterations = shown.at("iterations").as_array();
  REQUIRE(iterations.size() == 3);
  CHECK(iterations[1].as_object().at("metrics").as_object().number("episode_return_mean") == 0.5);

  CHECK(desk.json(show("base")).integer("model_version") == 1);
  CHECK(desk.refusal(show("nothing")).exit_status == 3);
}

TEST_CASE("the text of an experiment draws its curve and names its parent") {
  Desk desk;
  desk.change(fill);
  REQUIRE(desk.run(show("tuned")) == 0);
  const auto text = desk.out();
  CHECK(text.find("parent     base (exp-000000000001)") != std::string::npos);
  CHECK(text.find("because    loss is not a finite number") != std::string::npos);
  CHECK(text.find("iterations 3 of 4") != std::string::npos);
  CHECK(text.find("reward     ▁█   0.250 .. 0.500") != std::string::npos);
  CHECK(text.find("seed                   7") != std::string::npos);
  REQUIRE(desk.run(show("base")) == 0);
  CHECK(desk.out().find(sample::sha('a') + " (v1)") != std::string::npos);
}
