#include "cmd/experiments/list.h"

#include <fmt/format.h>

#include "cmd/experiments/experiment_view.h"
#include "cmd/shell/csv_rows.h"
#include "cmd/shell/validators.h"
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

void print_csv(std::ostream& out, const std::vector<Experiment>& experiments) {
  out << "id,name,status,script,dataset_id,hp_pack_id,started_at,completed_at,total_iterations,checkpoint_"
         "sha256,"
         "episode_return_mean,pnl_pct,trade_count,entropy,kl,kl_coeff,lr,tags\n";
  for (const auto& row : experiments) {
    CsvRow cells;
    cells.add(row.id).add(row.name).add(store::name(row.status)).add(row.script).add(row.dataset_id);
    cells.add(row.hp_pack_id).add(row.started_at).add(row.completed_at).add(row.total_iterations);
    cells.add(row.checkpoint_sha256);
    for (const auto* key :
         {"episode_return_mean", "pnl_pct", "trade_count", "entropy", "kl", "kl_coeff", "lr"})
      cells.add(number_in(row.final_metrics, key));
    cells.add(fmt::format("{}", fmt::join(row.tags, " ")));
    out << cells.text();
  }
}

}  // namespace

void ExperimentsList::declare(CLI::App& app) {
  app.add_option("--status", status, "only running, completed, failed, pruned or cancelled ones")
      ->type_name("STATUS");
  app.add_option("--tag", tag, "only those with this tag")->type_name("TAG");
  app.add_option("--format", format, "table or csv")
      ->check(CLI::IsMember({"table", "csv"}))
      ->capture_default_str()
      ->type_name("FORM");
  app.add_option("--limit", limit, "rows at the most")
      ->check(whole(1, 100'000))
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
  } else if (format == "csv") {
    print_csv(context.out, experiments);
  } else if (experiments.empty()) {
    context.say(status || tag ? "No experiment is like that."
                              : "There is no experiment yet. Next: ctt train --dataset DATASET --pack PACK");
  } else {
    context.out << table(context, experiments);
  }
  return 0;
}

}  // namespace ctt::cmd
