#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/files.h"
#include "replay/lineage_tasks.h"
#include "replay/market_history.h"
#include "replay/replay.h"
#include "replay/training_cache.h"

namespace ctt::replay {

/// One run of a replay: its lineages, in threads of this process or in Slurm, and how far they are. Holds `lock`, the
/// replay's own, which its learners inherit.
class ReplayWork {
 public:
  ReplayWork(const ReplayContext& context, const store::Replay& row, const base::FileLock& lock);

  /// Runs all lineages and writes what came of them: files, then the row. Throws as `replay::run`.
  ReplayResult run();

 private:
  /// A slot of a lineage whose training needs none of the earlier ones.
  struct SlotAhead {
    std::size_t task;
    std::size_t slot;
  };

  cycle::LaunchOptions stoppable(cycle::LaunchOptions options);
  void write_row(const std::function<void(store::Transaction&)>& change);
  void write_files(const ReplayResult& result) const;
  void in_threads(std::size_t count, const std::function<void(std::size_t)>& what);

  void work_here();
  void work(std::size_t index);
  std::vector<SlotAhead> trainings_ahead(const std::vector<std::size_t>& order) const;
  void work_ahead(const SlotAhead& next);
  std::string base_sha256(const cycle::TrainingRequest& request, int seed);
  bool stopped() const { return failed_ || context_.launch.stop_count() > 0; }

  void work_in_cluster(const ReplayCluster& cluster);
  void take(const std::filesystem::path& batch, std::size_t index);

  void note(std::size_t index, const LineageRun& lineage, bool done);
  void tell();

  const ReplayContext& context_;
  std::string id_;
  ReplayFolder folder_;
  ReplaySettings settings_;
  std::string candles_;
  MarketHistory history_;
  std::atomic<bool> failed_ = false;
  TrainingCache cache_;
  std::vector<SeedBase> bases_;
  std::vector<LineageTask> tasks_;
  std::vector<LineageRun> lineages_;
  std::mutex mutex_;
  std::vector<LineageStatus> statuses_;
  std::int64_t told_ = -1;
};

}  // namespace ctt::replay
