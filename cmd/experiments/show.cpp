#include "cmd/experiments/show.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cmd/experiments/experiment_view.h"
#include "cmd/experiments/sparkline.h"
#include "store/experiments.h"
#include "store/models.h"

namespace ctt::cmd {

using store::Experiment;

void ExperimentsShow::declare(CLI::App& app) {
  app.add_option("EXP", experiment, "its name or id")->required();
}

namespace {

struct ShownExperiment {
  Experiment experiment;
  std::vector<store::Iteration> iterations;
  std::optional<store::Model> model;
  std::optional<Experiment> parent;
};

void print_json(Context& context, const ShownExperiment& shown) {
  auto json = document("experiments.show");
  add_experiment(json, shown.experiment);
  json.field("model_version", shown.model ? std::optional(shown.model->version) : std::nullopt)
      .key("iterations")
      .array();
  for (const auto& iteration : shown.iterations) {
    json.object().field("iteration", iteration.iteration).field("timestamp", iteration.timestamp);
    json.raw_field("metrics", iteration.metrics).end();
  }
  context.print_json(json.end().end());
}

// `reward  ▁▂▅█  0.012 .. 0.213`, when there is a curve.
std::string curve(const std::vector<store::Iteration>& iterations, const char* metric) {
  std::vector<double> values;
  for (const auto& iteration : iterations) values.push_back(number_in(iteration.metrics, metric));
  const auto is_number = [](double value) { return std::isfinite(value); };
  const auto first = std::ranges::find_if(values, is_number);
  if (first == values.end()) return "";
  const auto last = std::find_if(values.rbegin(), values.rend(), is_number);
  return fmt::format("{}  {} .. {}", sparkline(values), fixed(*first), fixed(*last));
}

// The settings one below the other, the pack's aside: those have their own command.
void print_settings(Context& context, const Experiment& experiment) {
  auto config = base::JsonValue::parse(experiment.config, "experiment " + experiment.name).as_object();
  context.out << "settings\n";
  for (const auto& key : config.keys()) {
    const auto value = config.find(key);
    if (value && key != "training_config" && key != "features")
      context.out << fmt::format("  {:<22} {}\n", key,
                                 value->is_string() ? value->as_string() : value->text());
  }
  for (const char* key : {"training_config", "features"}) {
    if (const auto value = config.find(key)) context.out << fmt::format("  {:<22} {}\n", key, value->text());
  }
}

void print_metrics(Context& context, const std::optional<std::string>& metrics) {
  if (!metrics) return;
  context.out << "in-sample metrics at the end\n";
  auto object = base::JsonValue::parse(*metrics, "metrics").as_object();
  for (const auto& key : object.keys()) {
    const auto value = object.find(key);
    context.out << fmt::format("  {:<22} {}\n", key,
                               !value               ? "-"
                               : value->is_string() ? value->as_string()
                                                    : value->text());
  }
}

void print(Context& context, const ShownExperiment& shown) {
  const auto& experiment = shown.experiment;
  const auto line = [&](const char* label, const std::string& text) {
    if (!text.empty()) context.out << fmt::format("  {:<10} {}\n", label, text);
  };
  context.out << context.terminal.paint(Style::bold, experiment.name) << "   "
              << context.terminal.paint(style_of(experiment.status), store::name(experiment.status)) << "   "
              << experiment.id << '\n';
  line("began", fmt::format("{} by {}, {}", context.terminal.moment(experiment.started_at, context.now()),
                            experiment.script,
                            experiment.completed_at ? "took " + duration(experiment, context.now())
                                                    : fmt::format("pid {}", experiment.pid)));
  line("because", experiment.message.value_or(""));
  line("from", fmt::format("dataset {}, pack {}", experiment.dataset_id.value_or("-"),
                           experiment.hp_pack_id.value_or("-")));
  line("parent", shown.parent ? fmt::format("{} ({})", shown.parent->name, shown.parent->id)
                              : experiment.parent_experiment_id.value_or("none, a base"));
  line("tags", fmt::format("{}", fmt::join(experiment.tags, " ")));
  line("iterations", fmt::format("{} of {}", shown.iterations.size(), experiment.total_iterations));
  line("reward", curve(shown.iterations, "episode_return_mean"));
  line("KL", curve(shown.iterations, "kl"));
  line("checkpoint", experiment.checkpoint_sha256.value_or("none") +
                         (shown.model ? fmt::format(" (v{})", shown.model->version) : ""));
  line("snapshot", experiment.snapshot_sha256.value_or(""));
  print_settings(context, experiment);
  print_metrics(context, experiment.final_metrics);
}

}  // namespace

int ExperimentsShow::run(Context& context) const {
  auto& database = context.readable_database();
  ShownExperiment shown{.experiment = store::experiments::get(database, experiment),
                        .iterations = {},
                        .model = {},
                        .parent = {}};
  const auto& found = shown.experiment;
  shown.iterations = store::experiments::iterations(database, found.id);
  if (found.checkpoint_sha256) shown.model = store::models::find_sha256(database, *found.checkpoint_sha256);
  if (found.parent_experiment_id)
    shown.parent = store::experiments::find(database, *found.parent_experiment_id);
  if (context.json()) {
    print_json(context, shown);
  } else {
    print(context, shown);
  }
  return 0;
}

}  // namespace ctt::cmd
