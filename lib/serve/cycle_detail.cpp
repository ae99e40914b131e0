#include "serve/cycle_detail.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "store/cycles.h"
#include "store/models.h"
#include "views/cycle.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kLogBytesMax = 1 << 20;
constexpr std::size_t kLogTail = 8000;

// The end of the learner's log, while its job folder is there.
std::optional<std::string> learner_log(const base::Home& home, const store::Cycle& cycle) {
  if (!cycle.experiment_id) return std::nullopt;
  try {
    const auto text = base::read_file(home.jobs() / *cycle.experiment_id / "learner.log", kLogBytesMax);
    return text.size() > kLogTail ? text.substr(text.size() - kLogTail) : text;
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

// The cycle that made the model which this one was trained from; none of a base policy.
std::optional<store::CycleRecord> parent_of(store::Database& database, const store::Cycle& cycle) {
  const auto model =
      cycle.parent_model_version ? store::models::find(database, *cycle.parent_model_version) : std::nullopt;
  if (!model || !model->schedule_id || !model->cycle_number) return std::nullopt;
  return store::cycles::record(database, *model->schedule_id, *model->cycle_number);
}

}  // namespace

std::string cycle_detail_json(const store::StateContext& state, const std::string& schedule_id,
                              std::int64_t number) {
  const auto record = store::cycles::record(state.database, schedule_id, number);
  const auto& cycle = record.cycle;
  base::JsonWriter json;
  json.object();
  views::add_cycle(json, record);
  json.field("step", store::name(cycle.step)).field("slots", cycle.slots).field("bars", cycle.bars);
  json.field("snapshot_sha256", cycle.snapshot_sha256).field("candidate_sha256", cycle.candidate_sha256);
  json.raw_field("defects", cycle.defects.value_or("null"));
  json.key("parent");
  if (const auto parent = parent_of(state.database, cycle)) {
    views::add_cycle(json.object(), *parent);
    json.end();
  } else {
    json.value(nullptr);
  }
  json.field("reproduce",
             cycle.candidate_sha256
                 ? std::optional(fmt::format("ctt cycle reproduce {} --schedule {}", number, schedule_id))
                 : std::nullopt);
  return json.field("log", learner_log(state.home, cycle)).end().text();
}

}  // namespace ctt::serve
