#include "views/experiment.h"

#include "store/datasets.h"
#include "store/models.h"
#include "store/packs.h"
#include "views/dataset.h"

namespace ctt::views {

using store::Experiment;

namespace {

constexpr const char* kMetrics[] = {
    "pnl",        "pnl_mean",    "pnl_pct",       "net_worth",        "episode_return_mean", "trade_count",
    "hold_ratio", "trade_ratio", "pnl_per_trade", "total_iterations", "checkpoint_path"};
constexpr const char* kConfig[] = {"training_config", "hp_pack_id",   "hp_pack_name",
                                   "dataset_id",      "dataset_name", "source_type",
                                   "source_config",   "features",     "split_config"};

std::string quoted(const std::string& text) {
  base::JsonWriter json;
  return json.value(text).text();
}

}  // namespace

std::string ExperimentView::final_metrics(const Experiment& experiment) {
  auto stored = base::JsonValue::parse(experiment.final_metrics.value_or("{}"), "final_metrics").as_object();
  base::JsonWriter json;
  json.object();
  for (const auto& key : stored.keys()) {
    const auto value = stored.find(key);
    json.raw_field(key, value ? value->text() : "null");
  }
  for (const auto* key : kMetrics) {
    if (!stored.has(key)) json.field(key, nullptr);
  }
  return json.end().text();
}

const ExperimentView::Fields& ExperimentView::of_pack(const std::string& id) {
  const auto [entry, fresh] = packs_.try_emplace(id);
  if (const auto pack = fresh ? store::packs::find(database_, id) : std::nullopt)
    entry->second = {{"hp_pack_name", quoted(pack->name)}};
  return entry->second;
}

const ExperimentView::Fields& ExperimentView::of_dataset(const std::string& id) {
  const auto [entry, fresh] = datasets_.try_emplace(id);
  if (const auto dataset = fresh ? store::datasets::find(database_, id) : std::nullopt) {
    entry->second = {{"dataset_name", quoted(dataset->name)},
                     {"source_type", quoted(dataset->source_type)},
                     {"source_config", dataset->source_config},
                     {"features", dataset->features},
                     {"split_config", split_config(*dataset)}};
  }
  return entry->second;
}

std::string ExperimentView::config(const Experiment& experiment) {
  auto stored = base::JsonValue::parse(experiment.config, "config").as_object();
  Fields known;
  if (experiment.hp_pack_id) known.emplace("hp_pack_id", quoted(*experiment.hp_pack_id));
  if (experiment.dataset_id) known.emplace("dataset_id", quoted(*experiment.dataset_id));
  if (experiment.hp_pack_id) known.merge(Fields(of_pack(*experiment.hp_pack_id)));
  if (experiment.dataset_id) known.merge(Fields(of_dataset(*experiment.dataset_id)));
  base::JsonWriter json;
  json.object();
  for (const auto& key : stored.keys()) {
    const auto value = stored.find(key);
    json.raw_field(key, value ? value->text() : "null");
  }
  for (const auto* key : kConfig) {
    if (stored.has(key)) continue;
    const auto found = known.find(key);
    json.raw_field(key, found == known.end() ? "null" : found->second);
  }
  return json.end().text();
}

void ExperimentView::add(base::JsonWriter& json, const Experiment& experiment) {
  const bool cancelled = experiment.status == store::ExperimentStatus::cancelled;
  json.field("id", experiment.id).field("name", experiment.name).field("script", experiment.script);
  json.field("status", cancelled ? "pruned" : store::name(experiment.status)).field("cancelled", cancelled);
  json.field("started_at", experiment.started_at).field("completed_at", experiment.completed_at);
  json.raw_field("config", config(experiment)).raw_field("final_metrics", final_metrics(experiment));
  json.field("tags", experiment.tags).field("message", experiment.message);
  json.field("checkpoint_sha256", experiment.checkpoint_sha256);
  const auto model = experiment.checkpoint_sha256
                         ? store::models::find_sha256(database_, *experiment.checkpoint_sha256)
                         : std::nullopt;
  json.field("model_version", model ? std::optional(model->version) : std::nullopt);
  json.field("hp_pack_id", experiment.hp_pack_id).field("dataset_id", experiment.dataset_id);
  json.field("parent_experiment_id", experiment.parent_experiment_id)
      .field("total_iterations", experiment.total_iterations);
}

}  // namespace ctt::views
