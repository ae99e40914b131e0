#include "views/cycle.h"

#include "base/time.h"
#include "store/models.h"

namespace ctt::views {

void add_cycle(base::JsonWriter& json, const store::CycleRecord& record) {
  const auto& cycle = record.cycle;
  const auto path =
      cycle.model_version ? std::optional(store::checkpoint_path(*cycle.model_version)) : std::nullopt;
  json.field("schedule_id", cycle.schedule_id)
      .field("cycle_number", cycle.number)
      .field("status", store::name(cycle.status));
  json.field("reason", cycle.reason)
      .field("message", cycle.message)
      .field("experiment_id", cycle.experiment_id);
  json.field("parent_experiment_id", cycle.parent_experiment_id).field("slot_at", cycle.slot_at);
  json.field("started_at", cycle.started_at).field("finished_at", cycle.finished_at);
  json.field("window_start", cycle.window_first).field("window_end", cycle.window_last);
  json.field("iterations_done", cycle.iterations_done).field("total_iterations", cycle.total_iterations);
  json.field("checkpoint_path", path)
      .field("checkpoint_sha256", record.checkpoint_sha256)
      .field("model_version", cycle.model_version);
  json.field("parent_model_version", cycle.parent_model_version)
      .field("decision", store::name(cycle.decision));
  json.field("decision_reason", cycle.decision_reason).field("deployed_at", record.deployed_at);
  json.field("undeployed_at", record.undeployed_at)
      .field("live", record.live)
      .field("refusal", record.refusal)
      .raw_field("metrics", cycle.metrics.value_or("null"));
}

}  // namespace ctt::views
