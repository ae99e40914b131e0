#include "views/model.h"

#include <algorithm>
#include <iterator>

#include "store/deployments.h"
#include "store/schedules.h"

namespace ctt::views {

std::vector<LiveModel> live_models(store::Database& database) {
  std::vector<LiveModel> live;
  for (const auto& schedule : store::schedules::list(database)) {
    const auto served = store::deployments::served(database, schedule.id);
    if (served && served->confirmed_at)
      live.push_back({schedule.id, served->model_version, *served->confirmed_at});
  }
  return live;
}

std::vector<LiveModel> live_of(const std::vector<LiveModel>& all, std::int64_t version) {
  std::vector<LiveModel> own;
  std::ranges::copy_if(all, std::back_inserter(own),
                       [&](const LiveModel& live) { return live.version == version; });
  return own;
}

void add_model(base::JsonWriter& json, const store::Model& model, const std::vector<LiveModel>& live) {
  json.field("model_version", model.version).field("sha256", model.sha256).field("origin", model.origin);
  json.field("parent_model_version", model.parent_version).field("experiment_id", model.experiment_id);
  json.field("schedule_id", model.schedule_id)
      .field("cycle_number", model.cycle_number)
      .field("size_bytes", model.size_bytes);
  json.field("checkpoint_path", store::checkpoint_path(model.version))
      .field("published_at", model.published_at);
  json.field("pruned_at", model.pruned_at).key("live").array();
  for (const auto& place : live)
    json.object().field("schedule_id", place.schedule_id).field("since", place.since).end();
  json.end();
}

}  // namespace ctt::views
