#include "upkeep/retention.h"

#include <map>

#include <fmt/format.h>

#include "base/log.h"
#include "store/cycles.h"
#include "store/deployments.h"
#include "store/events.h"
#include "store/experiments.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "store/snapshots.h"
#include "upkeep/candle_retention.h"

namespace ctt::upkeep {

namespace fs = std::filesystem;
using store::Model;

namespace {

constexpr std::size_t kBatch = 2000;  // rows a transaction
constexpr std::chrono::seconds kTidyLongest{5};

// Version and why it must stay; the first reason found is kept.
using Reasons = std::map<std::int64_t, std::string>;

void note(Reasons& reasons, const std::optional<std::int64_t>& version, std::string reason) {
  if (version) reasons.emplace(*version, std::move(reason));
}

void note(Reasons& reasons, const std::optional<store::Deployment>& deployment, std::string reason) {
  if (deployment) reasons.emplace(deployment->model_version, std::move(reason));
}

void note_schedule(store::Database& database, const store::Schedule& schedule, Reasons& reasons) {
  const auto& id = schedule.id;
  note(reasons, store::deployments::served(database, id), "served by " + id);
  note(reasons, store::deployments::desired(database, id), "desired by " + id);
  note(reasons, store::deployments::previous(database, id), "served by " + id + " before");
  note(reasons, schedule.current_model_version, "what " + id + " trains from");
  if (const auto base = store::models::of_experiment(database, schedule.base_experiment_id))
    note(reasons, base->version, "base of " + id);
  const auto session = store::live_sessions::newest(database, id);
  if (session && session->status == store::SessionStatus::running)
    note(reasons, session->model_version, "run by the trader of " + id);
}

Reasons in_use(store::Database& database) {
  Reasons reasons;
  for (const auto& schedule : store::schedules::list(database)) note_schedule(database, schedule, reasons);
  for (const auto& cycle : store::cycles::all_running(database)) {
    const auto name = fmt::format("cycle {} of {}, which runs", cycle.number, cycle.schedule_id);
    note(reasons, cycle.parent_model_version, "parent in " + name);
    note(reasons, cycle.model_version, "made by " + name);
  }
  return reasons;
}

// The models that the rule would take, newest first.
std::vector<Model> beyond(const std::vector<Model>& newest_first, const RetentionRule& rule,
                          base::Instant now) {
  std::map<std::string, std::size_t> kept;  // by schedule; imports and bases of none together
  std::vector<Model> found;
  for (const auto& model : newest_first) {
    if (model.origin == "base") continue;
    const bool among_newest = ++kept[model.schedule_id.value_or("")] <= rule.keep;
    const bool young = rule.older_than && model.published_at > now - *rule.older_than;
    if (!among_newest && !young) found.push_back(model);
  }
  return found;
}

std::int64_t size_of(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : static_cast<std::int64_t>(size);
}

std::int64_t size_of(const base::Home& home, const Model& model) {
  return size_of(home.model(model.sha256)) + size_of(home.optimizer(model.sha256));
}

std::size_t drop_unused_snapshots(const store::StateContext& state) {
  const auto unused = store::snapshots::unused(state.database);
  if (unused.empty()) return 0;
  store::Transaction change(state.database);
  for (const auto& snapshot : unused) store::snapshots::remove(change, snapshot.sha256);
  change.commit();
  for (const auto& snapshot : unused) fs::remove(state.home.snapshot(snapshot.sha256));
  return unused.size();
}

store::events::EventRetention event_rule(const RowRetention& rule) {
  return {.kept = rule.events.count() > 0 ? std::optional(rule.events) : std::nullopt};
}

}  // namespace

RetentionPlan plan_retention(const store::StateContext& state, const RetentionRule& rule, base::Instant now) {
  const auto all = store::models::list(state.database, {.schedule_id = {}, .with_pruned = false});
  auto reasons = in_use(state.database);
  const auto candidates = beyond(all, rule, now);
  RetentionPlan plan;
  // A parent of one that stays is needed to make that one again. Its own parent is not.
  const auto taken = [&](const Model& model) {
    return !reasons.contains(model.version) &&
           std::ranges::any_of(candidates, [&](const Model& c) { return c.version == model.version; });
  };
  Reasons parents;
  for (const auto& model : all) {
    if (!taken(model)) note(parents, model.parent_version, fmt::format("parent of v{}", model.version));
  }
  reasons.merge(parents);
  for (auto model = candidates.rbegin(); model != candidates.rend(); ++model) {
    if (const auto reason = reasons.find(model->version); reason != reasons.end()) {
      plan.needed.push_back({*model, reason->second});
    } else {
      plan.prunable.push_back(*model);
      plan.size_bytes += size_of(state.home, *model);
    }
  }
  return plan;
}

Pruned prune(const store::StateContext& state, const cycle::TrainingLock& /*held*/,
             const RetentionRule& rule) {
  Pruned pruned;
  const auto now = state.clock.now();
  store::Transaction change(state.database);
  const auto plan = plan_retention({change, state.home, state.clock}, rule, now);
  for (const auto& model : plan.prunable) {
    store::models::set_pruned(change, model.version, now);
    pruned.versions.push_back(model.version);
  }
  change.commit();
  pruned.size_bytes = plan.size_bytes;
  for (const auto& model : store::models::list(state.database, {.schedule_id = {}, .with_pruned = true})) {
    if (!model.pruned_at) continue;
    fs::remove(state.home.model(model.sha256));
    fs::remove(state.home.optimizer(model.sha256));
  }
  pruned.snapshots = drop_unused_snapshots(state);
  return pruned;
}

PrunedRows prunable_rows(store::Database& database, const RowRetention& rule, base::Instant now) {
  PrunedRows rows;
  if (rule.decisions.count() > 0)
    rows.decisions = store::live_decisions::count_prunable(database, now - rule.decisions);
  if (rule.iterations.count() > 0)
    rows.iterations = store::experiments::count_prunable_iterations(database, now - rule.iterations);
  rows.events = store::events::count_prunable(database, event_rule(rule), now);
  if (rule.candles.count() == 0) return rows;
  for (const auto& limit : candle_limits(database, rule.candles))
    rows.candles += store::candles::count_before(database, limit.key, limit.before);
  return rows;
}

PrunedRows prune_rows(store::Database& database, const RowRetention& rule, base::Instant now,
                      std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  PrunedRows rows;
  const auto in_batches = [&](auto prune_batch) {
    std::int64_t dropped = 0;
    while (rows.complete) {
      store::Transaction change(database);
      const std::int64_t batch = prune_batch(change);
      change.commit();
      dropped += batch;
      if (batch < static_cast<std::int64_t>(kBatch)) break;
      rows.complete = std::chrono::steady_clock::now() < until;
    }
    return dropped;
  };
  using store::Transaction;
  Transaction change(database);
  rows.events = store::events::prune(change, event_rule(rule), now);
  change.commit();
  if (rule.decisions.count() > 0)
    rows.decisions = in_batches([&](Transaction& batch) {
      return store::live_decisions::prune(batch, now - rule.decisions, kBatch);
    });
  if (rule.iterations.count() > 0)
    rows.iterations = in_batches([&](Transaction& batch) {
      return store::experiments::prune_iterations(batch, now - rule.iterations, kBatch);
    });
  if (rule.candles.count() == 0) return rows;
  for (const auto& limit : candle_limits(database, rule.candles))
    rows.candles += in_batches([&](Transaction& batch) {
      return store::candles::prune_before(batch, limit.key, limit.before, kBatch);
    });
  return rows;
}

void tidy(const store::StateContext& state, const cycle::TrainingLock& lock, std::size_t keep,
          const RowRetention& rows) {
  const auto dropped = prune_rows(state.database, rows, state.clock.now(), kTidyLongest);
  if (dropped.total() > 0)
    base::log()->info("{} old events, {} decisions, {} iterations and {} candles were dropped",
                      dropped.events, dropped.decisions, dropped.iterations, dropped.candles);
  if (keep == 0) return;
  const auto pruned = prune(state, lock, {.keep = keep, .older_than = {}});
  if (!pruned.versions.empty()) {
    base::log()->info("the files of {} old models were removed (models.keep = {})", pruned.versions.size(),
                      keep);
  }
}

}  // namespace ctt::upkeep
