#include "cmd/experiments/experiments.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/experiments/sparkline.h"
#include "cmd/shell/output.h"
#include "store/experiments.h"
#include "store/models.h"

namespace ctt::cmd {

using store::Experiment;
using store::ExperimentStatus;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// A number of a JSON object, or NaN.
double number_in(const std::optional<std::string>& object, const char* key) {
  if (!object) return kNone;
  const auto value = base::JsonValue::parse(*object, "metrics").as_object().find(key);
  return value && value->is_number() ? value->as_number() : kNone;
}

std::string fixed(double number) { return std::isfinite(number) ? fmt::format("{:.3f}", number) : "-"; }

void add_experiment(base::JsonWriter& json, const Experiment& experiment) {
  json.field("id", experiment.id).field("name", experiment.name).field("script", experiment.script);
  json.field("status", store::name(experiment.status)).field("started_at", experiment.started_at);
  json.field("completed_at", experiment.completed_at).raw_field("config", experiment.config);
  json.raw_field("final_metrics", experiment.final_metrics.value_or("null")).field("tags", experiment.tags);
  json.field("checkpoint_sha256", experiment.checkpoint_sha256).field("hp_pack_id", experiment.hp_pack_id);
  json.field("dataset_id", experiment.dataset_id)
      .field("parent_experiment_id", experiment.parent_experiment_id);
  json.field("snapshot_sha256", experiment.snapshot_sha256)
      .field("total_iterations", experiment.total_iterations);
  json.field("message", experiment.message);
}

Style style_of(ExperimentStatus status) {
  switch (status) {
    case ExperimentStatus::running:
      return Style::accent;
    case ExperimentStatus::failed:
      return Style::bad;
    case ExperimentStatus::cancelled:
    case ExperimentStatus::pruned:
      return Style::dim;
    case ExperimentStatus::completed:
      return Style::plain;
  }
  return Style::plain;
}

std::string duration(const Experiment& experiment, base::Instant now) {
  const auto end = experiment.completed_at.value_or(now);
  return base::to_words(std::max(std::chrono::floor<std::chrono::seconds>(end - experiment.started_at),
                                 std::chrono::seconds(0)));
}

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
