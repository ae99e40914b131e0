#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// One training run.
struct Experiment {
  std::string id;  ///< `exp-` and 12 hex digits
  std::string name;
  std::string script;  ///< the command: `ctt train`, `ctt cycle run`
  ExperimentStatus status = ExperimentStatus::running;
  base::Instant started_at{};
  std::optional<base::Instant> completed_at;
  std::string config = "{}";                 ///< JSON object: pack, dataset, features as they were used
  std::optional<std::string> final_metrics;  ///< JSON object
  std::vector<std::string> tags;             ///< `continuous`, `cycle:17`, `schedule:btc`, `k=v`
  std::optional<std::string> checkpoint_sha256;
  std::optional<std::string> hp_pack_id;
  std::optional<std::string> dataset_id;
  std::optional<std::string> parent_experiment_id;
  std::optional<std::string> snapshot_sha256;
  std::int64_t total_iterations = 0;
  std::optional<std::string> message;  ///< why it failed, a sentence
  std::int64_t pid = 0;                ///< of the process that drives it
};

/// Numbers of one iteration, or of one trade, of an experiment.
struct Iteration {
  std::int64_t id = 0;
  std::string experiment_id;
  std::int64_t iteration = 0;  ///< 1 ..
  std::string metrics;         ///< JSON object
  base::Instant timestamp{};
};
/// How a run ended.
struct ExperimentEnd {
  ExperimentStatus status = ExperimentStatus::completed;
  std::optional<std::string> final_metrics;
  std::optional<std::string> checkpoint_sha256;
  std::optional<std::string> message;
};

struct ExperimentQuery {
  std::optional<ExperimentStatus> status;
  std::optional<std::string> script;
  std::optional<std::string> tag;
  bool has_checkpoint = false;                      ///< only those with one
  std::optional<std::size_t> limit = std::nullopt;  ///< absent: all of them
  std::size_t offset = 0;
};

struct LeaderboardEntry {
  Experiment experiment;
  double value = 0;
};

struct ExperimentStats {
  std::int64_t total = 0, completed = 0, failed = 0, running = 0;
  std::optional<double> best_pnl, best_net_worth, avg_pnl, win_rate;  ///< of completed ones
  std::optional<Experiment> best;                                     ///< the one with best_pnl
  std::int64_t total_trades = 0;
};

namespace experiments {

/// Appends `experiment_start`.
void insert(Transaction& change, const Experiment& experiment);

/// Stores an iteration's metrics (a repeated iteration replaces them) and appends `training_update`.
void add_iteration(Transaction& change, std::string_view id, std::int64_t iteration, std::string_view metrics,
                   base::Instant now);

/// Ends a running experiment and appends `experiment_end`. Throws Error(refused) when it has ended.
void finish(Transaction& change, std::string_view id, const ExperimentEnd& end, base::Instant now);

void set_tags(Transaction& change, std::string_view id, const std::vector<std::string>& tags);

/// Deletes one with its iterations. Throws Error(refused) naming what still needs it.
void remove(Transaction& change, std::string_view id);

std::optional<Experiment> find(Database& database, std::string_view id);
/// By id, name or unique prefix. Throws Error(not_found), Error(usage) when it is not unique.
Experiment get(Database& database, std::string_view reference);
/// Newest first.
std::vector<Experiment> list(Database& database, const ExperimentQuery& query = {});
std::vector<Iteration> iterations(Database& database, std::string_view id);
/// How many iterations belong to experiments of cycles that ended before `before`, the last one of each
/// aside. A training that somebody asked for, and what a schedule is based on, keeps its curve.
std::int64_t count_prunable_iterations(Database& database, base::Instant before);
/// Drops at most `limit` of those, and returns how many.
std::int64_t prune_iterations(Transaction& change, base::Instant before, std::size_t limit);
std::optional<Iteration> last_iteration(Database& database, std::string_view id);
/// Best first, by a number of `final_metrics`. Throws Error(usage) when `metric` is no such name.
std::vector<LeaderboardEntry> leaderboard(Database& database, std::string_view metric,
                                          std::size_t limit = 20);
ExperimentStats stats(Database& database);

}  // namespace experiments
}  // namespace ctt::store
