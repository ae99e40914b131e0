#include "upkeep/selftest.h"

#include <chrono>

#include "base/error.h"
#include "base/random.h"
#include "base/sha256.h"
#include "evaluation/backtest.h"
#include "market/snapshot.h"

namespace ctt::upkeep {

namespace {

constexpr std::size_t kTrainingBars = 3000;
constexpr std::size_t kFreshBars = 1500;
constexpr double kMove = 0.01;
constexpr double kPersistence = 0.95;
constexpr auto kPack = R"({"lr": 0.002, "gamma": 0.9, "train_batch_size": 2048, "sgd_minibatch_size": 256,
  "num_sgd_iter": 5, "num_envs": 32, "model": {"fcnet_hiddens": [32]}, "window_size": 2,
  "account_columns": true, "max_episode_steps": 128, "random_start_pct": 0.9, "fill": "close",
  "commission": 0.003, "num_iterations": 30})";
constexpr auto kFeatures = R"([{"type": "returns", "periods": [1], "normalize": "tanh"}])";

// Moves up and down by kMove, going on in the same direction with kPersistence.
std::vector<double> persistent_moves(std::size_t count, base::Random& random) {
  std::vector<double> moves;
  double direction = 1;
  while (moves.size() < count) {
    if (random.uniform() >= kPersistence) direction = -direction;
    moves.push_back(direction * kMove);
  }
  return moves;
}

std::vector<double> shuffled(std::vector<double> moves, base::Random& random) {
  for (std::size_t i = moves.size(); i > 1; --i) std::swap(moves[i - 1], moves[random.below(i)]);
  return moves;
}

market::Window window_of(const std::vector<double>& moves, std::size_t warm_up) {
  market::Window window;
  window.series.symbol = "TEST/USD";
  window.warm_up = warm_up;
  double price = 100;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const double open = price;
    price *= std::exp(moves[i]);
    const base::Seconds time{std::chrono::hours(i)};
    window.series.candles.push_back({time, open, std::max(open, price), std::min(open, price), price, 1});
  }
  return window;
}

training::Job job_of(std::uint64_t seed) {
  training::Job job;
  job.pack = training::Pack::parse(kPack, "the self-test");
  job.features = features::FeatureSet::parse(kFeatures, "the self-test");
  job.symbol = "TEST/USD";
  job.seed = seed;
  job.iterations = job.pack.num_iterations;
  job.learning_rate = job.pack.ppo.lr;
  job.compute.threads = training::usual_threads();
  return job;
}

std::shared_ptr<const policy::Policy> train(const std::filesystem::path& folder,
                                            const std::vector<double>& moves, std::uint64_t seed,
                                            const cycle::TrainingLock& lock,
                                            const cycle::LaunchOptions& options) {
  base::make_directory(folder);
  auto job = job_of(seed);
  const auto candles = market::encode_snapshot(window_of(moves, job.features.warm_up_rows()));
  base::write_file_atomically(folder / training::JobFiles::candles, candles);
  job.lineage.snapshot_sha256 = base::sha256(candles);
  job.write(folder);
  const auto result = cycle::launch(folder, lock.file(), options);
  if (result.outcome != cycle::LaunchResult::Outcome::completed) {
    throw base::Error(base::Failure::internal, "a training of the self-test did not end: " + result.message);
  }
  return policy::Policy::load(folder / training::JobFiles::checkpoint, result.result->checkpoint_sha256);
}

double net_worth_ratio(const policy::Policy& policy, const std::vector<double>& moves) {
  const auto job = job_of(0);
  const auto warm_up = job.features.warm_up_rows();
  const auto data = environment::MarketData::make(job.features, window_of(moves, warm_up).series.candles,
                                                  warm_up, job.pack.environment.window_size);
  const auto report = evaluation::backtest(policy, data);
  return report.net_worth / report.initial_cash;
}

}  // namespace

LearningCheck check_learning(const std::filesystem::path& folder, std::uint64_t seed,
                             const cycle::LaunchOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const base::Home home{folder};
  home.create();
  const auto lock = cycle::TrainingLock::try_acquire(home, "ctt selftest learn");
  if (!lock) throw base::Error(base::Failure::busy, "another self-test works in " + folder.string());
  base::Random random(seed, 1);
  const auto moves = persistent_moves(kTrainingBars, random);
  const auto fresh = persistent_moves(kFreshBars, random);
  LearningCheck check;
  check.planted_return =
      std::log(net_worth_ratio(*train(folder / "planted", moves, seed, *lock, options), fresh));
  for (const double move : fresh) check.planted_best += std::max(0.0, move);
  const auto blind = train(folder / "shuffled", shuffled(moves, random), seed, *lock, options);
  // As many rises as falls: a market that ends where it began.
  std::vector<double> even;
  for (std::size_t i = 0; i < kFreshBars; ++i) even.push_back(i % 2 == 0 ? kMove : -kMove);
  check.shuffled_pct = 100 * (net_worth_ratio(*blind, shuffled(even, random)) - 1);
  check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return check;
}

}  // namespace ctt::upkeep
