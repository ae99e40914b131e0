#include "cmd/experiments/list.h"

#include <fmt/format.h>

#include "cmd/experiments/experiment_view.h"
#include "store/experiments.h"

namespace ctt::cmd {

using store::Experiment;
using store::ExperimentStatus;

namespace {

std::string table(Context& context, const std::vector<Experiment>& experiments) {
  Table table({{"EXPERIMENT"},
               {"STATUS"},
               {"STARTED"},
               {"TOOK", true},
               {"DATASET"},
               {"PACK"},
               {"REWARD", true},
               {"IN-SAMPLE", true},
               {"TAGS"}});
  for (const auto& experiment : experiments) {
    table.add(
        {experiment.name, std::string(store::name(experiment.status)),
         context.terminal.moment(experiment.started_at, context.now()), duration(experiment, context.now()),
         experiment.dataset_id.value_or("-"), experiment.hp_pack_id.value_or("-"),
         fixed(number_in(experiment.final_metrics, "episode_return_mean")),
         signed_pct(number_in(experiment.final_metrics, "pnl_pct")),
         fmt::format("{}", fmt::join(experiment.tags, " "))},
        style_of(experiment.status));
  }
  return table.text(context.terminal);
}

}  // namespace

void ExperimentsList::declare(CLI::App& app) {
  app.add_option("--status", status, "only running, completed, failed, pruned or cancelled ones")
      ->type_name("STATUS");
  app.add_option("--tag", tag, "only those with this tag")->type_name("TAG");
  app.add_option("--limit", limit, "rows at the most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str()
      ->type_name("N");
}

int ExperimentsList::run(Context& context) const {
  store::ExperimentQuery query;
  if (status) query.status = store::parse_state<ExperimentStatus>(*status);
  query.tag = tag;
  query.limit = limit;
  const auto experiments = store::experiments::list(context.readable_database(), query);
  if (context.json()) {
    auto json = document("experiments.list").key("items").array();
    for (const auto& experiment : experiments) {
      json.object();
      add_experiment(json, experiment);
      json.end();
    }
    context.print_json(json.end().end());
  } else if (experiments.empty()) {
    context.say(status || tag ? "No experiment is like that."
                              : "There is no experiment yet. Next: ctt train --dataset DATASET --pack PACK");
  } else {
    context.out << table(context, experiments);
  }
  return 0;
}

}  // namespace ctt::cmd
