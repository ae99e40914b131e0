#pragma once

#include "base/random.h"
#include "base/sha256.h"
#include "market/snapshot.h"
#include "support/scratch.h"
#include "training/job.h"

namespace ctt::learning {

/// `bars` hourly bars of a random walk as a snapshot, after `warm_up` more for the features.
inline market::Window random_walk(std::size_t bars, std::size_t warm_up) {
  base::Random random(5);
  market::Window window;
  window.series.symbol = "BTC/USD";
  window.warm_up = warm_up;
  double price = 100;
  for (std::size_t i = 0; i < warm_up + bars; ++i) {
    const double open = price;
    price *= std::exp(0.01 * random.normal());
    const base::Seconds time = base::Seconds(std::chrono::hours(24 * 365 * 50)) + std::chrono::hours(i);
    window.series.candles.push_back({time, open, std::max(open, price) * 1.001, std::min(open, price) * 0.999,
                                     price, 1 + random.uniform()});
  }
  return window;
}

/// A job of two short iterations in `folder`, complete with its candles.
inline training::Job write_job(const std::filesystem::path& folder, const std::string& pack_more = "",
                               std::size_t iterations = 2) {
  std::filesystem::create_directories(folder);
  training::Job job;
  job.pack = training::Pack::parse(R"({"train_batch_size": 256, "sgd_minibatch_size": 64, "num_sgd_iter": 2,
    "num_envs": 8, "model": {"fcnet_hiddens": [16]}, "window_size": 4, "account_columns": true,
    "max_episode_steps": 32, "random_start_pct": 0.5)" +
                                       pack_more + "}",
                                   "test");
  job.features = features::FeatureSet::parse(R"([{"type":"rsi"},{"type":"roc"}])");
  job.symbol = "BTC/USD";
  job.seed = 3;
  job.iterations = iterations;
  job.learning_rate = 1e-3;
  job.lineage.experiment_id = "exp-1";
  const auto candles = market::encode_snapshot(random_walk(300, job.features.warm_up_rows()));
  support::write(folder / training::JobFiles::candles, candles);
  job.lineage.snapshot_sha256 = base::sha256(candles);
  job.write(folder);
  return job;
}

/// The next generation: a job in `folder` that fine-tunes what the job in `parent` made.
inline training::Job write_fine_tuning(const std::filesystem::path& folder,
                                       const std::filesystem::path& parent, double learning_rate,
                                       const std::string& pack_more = "") {
  using training::JobFiles;
  auto job = write_job(folder, pack_more);
  std::filesystem::copy_file(parent / JobFiles::checkpoint, folder / JobFiles::parent);
  std::filesystem::copy_file(parent / JobFiles::optimizer, folder / JobFiles::parent_optimizer);
  job.fine_tune = true;
  job.learning_rate = learning_rate;
  job.lineage.parent_sha256 = base::sha256_of(folder / JobFiles::parent);
  job.write(folder);
  return job;
}

}  // namespace ctt::learning
