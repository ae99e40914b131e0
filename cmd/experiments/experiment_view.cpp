#include "cmd/experiments/experiment_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/json.h"
#include "store/experiments.h"

namespace ctt::cmd {

using store::Experiment;
using store::ExperimentStatus;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

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

}  // namespace ctt::cmd
