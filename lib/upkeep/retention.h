#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cycle/launcher.h"
#include "store/models.h"
#include "store/state_context.h"

namespace ctt::upkeep {

/// Which models may lose their files. Both limits must be passed where both are given.
struct RetentionRule {
  std::size_t keep = 10;                           ///< the newest so many of each schedule stay
  std::optional<std::chrono::seconds> older_than;  ///< only what was published longer ago
};

/// A model that the rule would take and that stays all the same.
struct NeededModel {
  store::Model model;
  std::string reason;  ///< `served by btc`, `parent of v43`
};

struct RetentionPlan {
  std::vector<store::Model> prunable;  ///< oldest first
  std::vector<NeededModel> needed;     ///< oldest first
  std::int64_t size_bytes = 0;         ///< of the files that would go, optimisers included
};

/// What pruning by this rule comes to at `now`.
///
/// Never taken, whatever the rule: what a schedule serves, desires, served before, starts from (its
/// base) and trains from next; what a trader runs or a cycle in progress trains from; and the parent
/// of every model that stays, because its cycle cannot be reproduced without it.
RetentionPlan plan_retention(const store::StateContext& state, const RetentionRule& rule, base::Instant now);

struct Pruned {
  std::vector<std::int64_t> versions;
  std::int64_t size_bytes = 0;
  std::size_t snapshots = 0;  ///< that no cycle and no experiment names any more
};

/// Carries the rule out: marks the rows in one transaction, then removes the files. Rows stay, so the
/// lineage does. A run that was killed between the two leaves files of pruned models, which the next
/// one removes. The training lock keeps cycles from choosing a parent meanwhile.
Pruned prune(const store::StateContext& state, const cycle::TrainingLock& lock, const RetentionRule& rule);

/// How long rows are kept that nothing needs any more; 0: for ever. What explains or reproduces a trade or
/// a cycle is no such row: orders, fills, their decisions, cycles, models and snapshots stay.
struct RowRetention {
  std::chrono::seconds decisions{0};   ///< of a trader, that led to no order
  std::chrono::seconds iterations{0};  ///< of the trainings of cycles, but for the last of each
  std::chrono::seconds events{0};
  std::chrono::seconds candles{
      0};  ///< of a source that can be asked again: before the newest of their series
};

struct PrunedRows {
  std::int64_t decisions = 0;
  std::int64_t iterations = 0;
  std::int64_t events = 0;
  std::int64_t candles = 0;
  bool complete = true;  ///< false: the time was up, the next call goes on

  std::int64_t total() const { return decisions + iterations + events + candles; }
};

/// What `prune_rows` would take.
PrunedRows prunable_rows(store::Database& database, const RowRetention& rule, base::Instant now);

/// Drops old rows in small transactions, so that a trader never waits long for its turn to write, and stops
/// after `longest`. What was dropped leaves room in the file for new rows; the file does not shrink.
PrunedRows prune_rows(store::Database& database, const RowRetention& rule, base::Instant now,
                      std::chrono::milliseconds longest);

/// What a run of cycles does before it ends: drops the rows that are old enough, for some seconds at most,
/// and, with `keep` above 0, the models beyond the newest so many of each schedule.
void tidy(const store::StateContext& state, const cycle::TrainingLock& lock, std::size_t keep,
          const RowRetention& rows);

}  // namespace ctt::upkeep
