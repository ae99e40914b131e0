#include "store/experiments.h"

#include "base/error.h"
#include "base/json.h"
#include "store/events.h"
#include "store/reference.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kSelect =
    "SELECT id, name, script, status, started_at, completed_at, config, final_metrics, tags, "
    "checkpoint_sha256, "
    "hp_pack_id, dataset_id, parent_experiment_id, snapshot_sha256, total_iterations, message, pid FROM "
    "experiments ";

Experiment read_experiment(Query& row) {
  Experiment e;
  row >> e.id >> e.name >> e.script >> e.status >> e.started_at >> e.completed_at >> e.config >>
      e.final_metrics >> e.tags >> e.checkpoint_sha256 >> e.hp_pack_id >> e.dataset_id >>
      e.parent_experiment_id >> e.snapshot_sha256 >> e.total_iterations >> e.message >> e.pid;
  return e;
}

Iteration read_iteration(Query& row) {
  Iteration i;
  row >> i.id >> i.experiment_id >> i.iteration >> i.metrics >> i.timestamp;
  return i;
}

Experiment must_find(Database& database, std::string_view id) {
  if (auto experiment = experiments::find(database, id)) return *experiment;
  throw Error(Failure::not_found, fmt::format("there is no experiment {}", id)).fix("ctt experiments list");
}

// What still names an experiment, or nothing.
std::optional<std::string> user_of(Database& database, std::string_view id) {
  Query row(
      database,
      "SELECT 'schedule ' || id FROM continuous_training_schedules WHERE base_experiment_id = ?1 UNION ALL "
      "SELECT 'model v' || version FROM models WHERE experiment_id = ?1 UNION ALL "
      "SELECT 'cycle ' || cycle_number || ' of ' || schedule_id FROM cycles WHERE experiment_id = ?1 UNION "
      "ALL "
      "SELECT 'experiment ' || name || ', its child' FROM experiments WHERE parent_experiment_id = ?1 LIMIT "
      "1",
      id);
  return first(row, [](Query& found) { return found.get<std::string>(); });
}

void append(Transaction& change, std::string type, base::JsonWriter& payload, base::Instant now) {
  payload.end();
  events::append(
      change,
      {.ts = now, .type = std::move(type), .schedule_id = {}, .cycle_number = {}, .payload = payload.text()});
}

// `$.pnl` of a plain name; everything else could reach other parts of the document.
std::string json_path(std::string_view metric) {
  const bool plain = !metric.empty() && std::ranges::all_of(metric, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain) throw Error(Failure::usage, fmt::format("\"{}\" is no name of a metric", metric));
  return fmt::format("$.{}", metric);
}

// Ended before ?1; the newest iteration stays, for its numbers are those of the experiment.
constexpr auto kPrunableIterations =
    "FROM experiments AS e JOIN iterations AS i ON i.experiment_id = e.id "
    "WHERE e.status <> 'running' AND e.completed_at < ?1 "
    "AND e.id IN (SELECT experiment_id FROM cycles WHERE experiment_id NOT NULL) "
    "AND e.id NOT IN (SELECT base_experiment_id FROM continuous_training_schedules) "
    "AND i.iteration < (SELECT max(iteration) FROM iterations WHERE experiment_id = e.id)";

}  // namespace

namespace experiments {

void insert(Transaction& change, const Experiment& e) {
  Query(change,
        "INSERT INTO experiments (id, name, script, status, started_at, completed_at, config, final_metrics, "
        "tags, "
        "checkpoint_sha256, hp_pack_id, dataset_id, parent_experiment_id, snapshot_sha256, total_iterations, "
        "message, "
        "pid) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        e.id, e.name, e.script, e.status, e.started_at, e.completed_at, e.config, e.final_metrics, e.tags,
        e.checkpoint_sha256, e.hp_pack_id, e.dataset_id, e.parent_experiment_id, e.snapshot_sha256,
        e.total_iterations, e.message, e.pid)
      .run();
  base::JsonWriter payload;
  payload.object().field("experiment_id", e.id).field("name", e.name);
  append(change, "experiment_start", payload, e.started_at);
}

void add_iteration(Transaction& change, std::string_view id, std::int64_t iteration, std::string_view metrics,
                   base::Instant now) {
  Query(change,
        "INSERT INTO iterations (experiment_id, iteration, metrics, timestamp) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (experiment_id, iteration) DO UPDATE SET metrics = excluded.metrics, timestamp = "
        "excluded.timestamp",
        id, iteration, metrics, now)
      .run();
  auto all = base::JsonValue::parse(metrics, "the metrics of an iteration").as_object();
  base::JsonWriter payload;
  payload.object().field("experiment_id", id).field("iteration", iteration);
  for (const auto& key : all.keys()) {
    if (key == "type" || key == "seq" || key == "ts" || key == "experiment_id" || key == "iteration")
      continue;
    const auto value = all.find(key);
    payload.raw_field(key, value ? value->text() : "null");
  }
  append(change, "training_update", payload, now);
}

void finish(Transaction& change, std::string_view id, const ExperimentEnd& end, base::Instant now) {
  const auto experiment = must_find(change, id);
  if (experiment.status != ExperimentStatus::running) {
    throw Error(Failure::refused, fmt::format("experiment {} is {} already", id, name(experiment.status)))
        .fix(fmt::format("ctt experiments show {}", id));
  }
  Query(change,
        "UPDATE experiments SET status = ?2, final_metrics = ?3, checkpoint_sha256 = ?4, message = ?5, "
        "completed_at = ?6 "
        "WHERE id = ?1",
        id, end.status, end.final_metrics, end.checkpoint_sha256, end.message, now)
      .run();
  base::JsonWriter payload;
  payload.object().field("experiment_id", id).field("status", name(end.status));
  append(change, "experiment_end", payload, now);
}

void set_tags(Transaction& change, std::string_view id, const std::vector<std::string>& tags) {
  Query(change, "UPDATE experiments SET tags = ?2 WHERE id = ?1", must_find(change, id).id, tags).run();
}

void remove(Transaction& change, std::string_view id) {
  const auto experiment = must_find(change, id);
  if (experiment.status == ExperimentStatus::running) {
    throw Error(Failure::refused, fmt::format("experiment {} is running", id))
        .fix(fmt::format("ctt experiments cancel {}", id));
  }
  if (const auto user = user_of(change, id)) {
    throw Error(Failure::refused, fmt::format("experiment {} is needed by {}", id, *user));
  }
  Query(change, "DELETE FROM experiments WHERE id = ?1", id).run();
}

std::optional<Experiment> find(Database& database, std::string_view id) {
  Query row(database, fmt::format("{} WHERE id = ?1", kSelect), id);
  return first(row, read_experiment);
}

Experiment get(Database& database, std::string_view reference) {
  if (auto experiment = find(database, reference)) return *experiment;
  Query rows(database, "SELECT id, name FROM experiments ORDER BY started_at DESC");
  const auto known = all(rows, [](Query& row) {
    Named entry;
    row >> entry.id >> entry.name;
    return entry;
  });
  return must_find(database, resolve("experiment", reference, known, "ctt experiments list"));
}

std::vector<Experiment> list(Database& database, const ExperimentQuery& query) {
  Query rows(database,
             fmt::format("{} WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR script = ?2) "
                         "AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?3)) "
                         "AND (NOT ?4 OR checkpoint_sha256 NOT NULL) "
                         "ORDER BY started_at DESC, rowid DESC LIMIT ?5 OFFSET ?6",
                         kSelect),
             query.status, query.script, query.tag, query.has_checkpoint, at_most(query.limit), query.offset);
  return all(rows, read_experiment);
}

std::vector<Iteration> iterations(Database& database, std::string_view id) {
  Query rows(
      database,
      "SELECT id, experiment_id, iteration, metrics, timestamp FROM iterations WHERE experiment_id = ?1 "
      "ORDER BY iteration",
      id);
  return all(rows, read_iteration);
}

std::int64_t count_prunable_iterations(Database& database, base::Instant before) {
  Query row(database, fmt::format("SELECT count(*) {}", kPrunableIterations), before);
  row.next();
  return row.get<std::int64_t>();
}

std::int64_t prune_iterations(Transaction& change, base::Instant before, std::size_t limit) {
  return Query(
             change,
             fmt::format("DELETE FROM iterations WHERE id IN (SELECT i.id {} LIMIT ?2)", kPrunableIterations),
             before, limit)
      .run();
}

std::optional<Iteration> last_iteration(Database& database, std::string_view id) {
  Query row(
      database,
      "SELECT id, experiment_id, iteration, metrics, timestamp FROM iterations WHERE experiment_id = ?1 "
      "ORDER BY iteration DESC LIMIT 1",
      id);
  return first(row, read_iteration);
}

std::vector<LeaderboardEntry> leaderboard(Database& database, std::string_view metric, std::size_t limit) {
  Query rows(
      database,
      "SELECT id, json_extract(final_metrics, ?1) AS value FROM experiments "
      "WHERE status = 'completed' AND typeof(value) IN ('integer', 'real') ORDER BY value DESC, id LIMIT ?2",
      json_path(metric), limit);
  return all(rows, [&](Query& row) {
    const auto id = row.get<std::string>();
    return LeaderboardEntry{must_find(database, id), row.get<double>()};
  });
}

ExperimentStats stats(Database& database) {
  ExperimentStats stats;
  Query counts(
      database,
      "SELECT count(*), coalesce(sum(status = 'completed'), 0), coalesce(sum(status = 'failed'), 0), "
      "coalesce(sum(status = 'running'), 0) FROM experiments");
  counts.next();
  counts >> stats.total >> stats.completed >> stats.failed >> stats.running;
  Query metrics(
      database,
      "SELECT max(pnl), max(net_worth), avg(pnl), avg(pnl > 0.0), coalesce(sum(trades), 0) FROM (SELECT "
      "json_extract(final_metrics, '$.pnl') AS pnl, json_extract(final_metrics, '$.net_worth') AS net_worth, "
      "CAST(json_extract(final_metrics, '$.trade_count') AS INTEGER) AS trades "
      "FROM experiments WHERE status = 'completed')");
  metrics.next();
  metrics >> stats.best_pnl >> stats.best_net_worth >> stats.avg_pnl >> stats.win_rate >> stats.total_trades;
  if (const auto best = leaderboard(database, "pnl", 1); !best.empty()) stats.best = best.front().experiment;
  return stats;
}

}  // namespace experiments
}  // namespace ctt::store
