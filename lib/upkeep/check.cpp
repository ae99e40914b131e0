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

Sentences check_models(store::Database& database, const base::Home& home) {
  Sentences wrong;
  for (const auto& model : store::models::list(database, {.schedule_id = {}, .with_pruned = false})) {
    for (const auto& sentence : models::verify(database, home, model))
      wrong.push_back(fmt::format("v{}: {}", model.version, sentence));
  }
  return wrong;
}

Sentences check_checkpoints(store::Database& database, const base::Home& home) {
  Sentences wrong;
  for (const auto& row : store::experiments::list(database, {.status = {}, .script = {}, .tag = {}})) {
    if (!row.checkpoint_sha256) continue;
    const auto model = store::models::find_sha256(database, *row.checkpoint_sha256);
    if (model) continue;  // looked at as such
    const auto file = home.model(*row.checkpoint_sha256);
    if (!fs::exists(file)) {
      wrong.push_back(fmt::format("the checkpoint of experiment {} is not there: {}", row.id, file.string()));
    } else if (base::sha256_of(file) != *row.checkpoint_sha256) {
      wrong.push_back(
          fmt::format("the checkpoint of experiment {} has another hash: {}", row.id, file.string()));
    }
  }
  return wrong;
}

Sentences check_snapshots(store::Database& database, const base::Home& home) {
  Sentences wrong;
  for (const auto& row : store::snapshots::list(database)) {
    const auto file = home.snapshot(row.sha256);
    if (!fs::exists(file)) {
      wrong.push_back(fmt::format("the snapshot {} is not there", file.string()));
    } else if (base::sha256_of(file) != row.sha256) {
      wrong.push_back(fmt::format("the snapshot {} has another hash", file.string()));
    }
  }
  return wrong;
}

Sentences check_leftovers(store::Database& database, const base::Home& home) {
  Sentences wrong;
  for (const auto& left : cycle::leftovers(database, home)) {
    wrong.push_back(left.unfinished ? fmt::format("{} was never finished", left.file.string())
                                    : fmt::format("no row names {}", left.file.string()));
  }
  return wrong;
}

Sentences check_processes(store::Database& database, const base::Home& home) {
  Sentences wrong;
  for (const auto& cycle : store::cycles::all_running(database)) {
    if (!schedule::is_alive(home, cycle))
      wrong.push_back(fmt::format("cycle {} of {} has no end and its process (pid {}) is gone", cycle.number,
                                  cycle.schedule_id, cycle.pid));
  }
  bool training = false;
  for (const auto& row : store::experiments::list(
           database, {.status = store::ExperimentStatus::running, .script = {}, .tag = {}})) {
    if (schedule::is_alive(home, row))
      training = true;
    else
      wrong.push_back(
          fmt::format("experiment {} has no end and its process (pid {}) is gone", row.id, row.pid));
  }
  if (training) return wrong;
  for (const auto& folder : files_in(home.jobs()))
    wrong.push_back(fmt::format("the job folder {} was left", folder.string()));
  return wrong;
}

Sentences check_orders(store::Database& database, const base::Home& home) {
  Sentences wrong;
  for (const auto& row : store::schedules::list(database)) {
    const auto session = store::live_sessions::newest(database, row.id);
    if (session && schedule::is_alive(home, *session)) continue;
    for (const auto& order : store::live_orders::pending(database, row.id)) {
      wrong.push_back(fmt::format("the order {} of {} was left {}; the next start of the trader looks it up",
                                  order.client_order_id, row.id, store::name(order.status)));
    }
  }
  return wrong;
}

}  // namespace

Sentences check_state(store::Database& database, const base::Home& home) {
  auto wrong = database.check();
  if (!wrong.empty()) return wrong;  // rows of a damaged file prove nothing
  append(wrong, store::contradictions(database));
  append(wrong, check_models(database, home));
  append(wrong, check_checkpoints(database, home));
  append(wrong, check_snapshots(database, home));
  append(wrong, check_leftovers(database, home));
  append(wrong, check_processes(database, home));
  append(wrong, check_orders(database, home));
  return wrong;
}

}  // namespace ctt::upkeep
