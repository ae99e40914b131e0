#include "upkeep/check.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "base/sha256.h"
#include "cycle/leftovers.h"
#include "models/model_files.h"
#include "schedule/liveness.h"
#include "store/contradictions.h"
#include "store/cycles.h"
#include "store/experiments.h"
#include "store/live_orders.h"
#include "store/live_sessions.h"
#include "store/models.h"
#include "store/schedules.h"
#include "store/snapshots.h"

namespace ctt::upkeep {

namespace fs = std::filesystem;
using Sentences = std::vector<std::string>;

namespace {

void append(Sentences& to, Sentences from) { std::ranges::move(from, std::back_inserter(to)); }

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Sentences check_models(const store::StateContext& state) {
  Sentences wrong;
  for (const auto& model : store::models::list(state.database, {.schedule_id = {}, .with_pruned = false})) {
    for (const auto& sentence : models::verify(state, model))
      wrong.push_back(fmt::format("v{}: {}", model.version, sentence));
  }
  return wrong;
}

Sentences check_checkpoints(const store::StateContext& state) {
  Sentences wrong;
  for (const auto& row : store::experiments::list(state.database, {.status = {}, .script = {}, .tag = {}})) {
    if (!row.checkpoint_sha256) continue;
    const auto model = store::models::find_sha256(state.database, *row.checkpoint_sha256);
    if (model) continue;  // looked at as such
    const auto file = state.home.model(*row.checkpoint_sha256);
    if (!fs::exists(file)) {
      wrong.push_back(fmt::format("the checkpoint of experiment {} is not there: {}", row.id, file.string()));
    } else if (base::sha256_of(file) != *row.checkpoint_sha256) {
      wrong.push_back(
          fmt::format("the checkpoint of experiment {} has another hash: {}", row.id, file.string()));
    }
  }
  return wrong;
}

Sentences check_snapshots(const store::StateContext& state) {
  Sentences wrong;
  for (const auto& row : store::snapshots::list(state.database)) {
    const auto file = state.home.snapshot(row.sha256);
    if (!fs::exists(file)) {
      wrong.push_back(fmt::format("the snapshot {} is not there", file.string()));
    } else if (base::sha256_of(file) != row.sha256) {
      wrong.push_back(fmt::format("the snapshot {} has another hash", file.string()));
    }
  }
  return wrong;
}

Sentences check_leftovers(const store::StateContext& state) {
  Sentences wrong;
  for (const auto& left : cycle::leftovers(state)) {
    wrong.push_back(left.unfinished ? fmt::format("{} was never finished", left.file.string())
                                    : fmt::format("no row names {}", left.file.string()));
  }
  return wrong;
}

Sentences check_processes(const store::StateContext& state) {
  Sentences wrong;
  for (const auto& cycle : store::cycles::all_running(state.database)) {
    if (!schedule::is_alive(state.home, cycle))
      wrong.push_back(fmt::format("cycle {} of {} has no end and its process (pid {}) is gone", cycle.number,
                                  cycle.schedule_id, cycle.pid));
  }
  bool training = false;
  for (const auto& row : store::experiments::list(
           state.database, {.status = store::ExperimentStatus::running, .script = {}, .tag = {}})) {
    if (schedule::is_alive(state.home, row))
      training = true;
    else
      wrong.push_back(
          fmt::format("experiment {} has no end and its process (pid {}) is gone", row.id, row.pid));
  }
  if (training) return wrong;
  for (const auto& folder : files_in(state.home.jobs()))
    wrong.push_back(fmt::format("the job folder {} was left", folder.string()));
  return wrong;
}

Sentences check_orders(const store::StateContext& state) {
  Sentences wrong;
  for (const auto& row : store::schedules::list(state.database)) {
    const auto session = store::live_sessions::newest(state.database, row.id);
    if (session && schedule::is_alive(state.home, *session)) continue;
    for (const auto& order : store::live_orders::pending(state.database, row.id)) {
      wrong.push_back(fmt::format("the order {} of {} was left {}; the next start of the trader looks it up",
                                  order.client_order_id, row.id, store::name(order.status)));
    }
  }
  return wrong;
}

}  // namespace

Sentences check_state(const store::StateContext& state) {
  auto wrong = state.database.check();
  if (!wrong.empty()) return wrong;  // rows of a damaged file prove nothing
  append(wrong, store::contradictions(state.database));
  append(wrong, check_models(state));
  append(wrong, check_checkpoints(state));
  append(wrong, check_snapshots(state));
  append(wrong, check_leftovers(state));
  append(wrong, check_processes(state));
  append(wrong, check_orders(state));
  return wrong;
}

}  // namespace ctt::upkeep
