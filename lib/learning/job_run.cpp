#include "learning/job_run.h"

#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/version.h"
#include "learning/initial_weights.h"
#include "learning/learner.h"
#include "learning/optimizer_file.h"
#include "learning/runtime.h"
#include "market/snapshot.h"

namespace ctt::learning {

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using training::Job;
using training::JobFiles;
using training::LearnerOutcome;
using training::Result;

constexpr std::size_t kProbes = 8;

void remove_outputs(const fs::path& folder) {
  for (const auto* name : {JobFiles::result, JobFiles::checkpoint, JobFiles::optimizer})
    fs::remove(folder / name);
}

// Two versions may understand a job differently: a learner on another machine must not guess.
void require_version(const Job& job) {
  const auto& version = job.lineage.ctt_version;
  if (version.empty() || version == base::version()) return;
  throw Error(
      Failure::refused,
      fmt::format("the job was written by ctt {}, and this learner is of ctt {}; install one version on "
                  "all machines",
                  version, base::version()));
}

market::Window read_candles(const fs::path& folder, const Job& job) {
  const auto file = folder / JobFiles::candles;
  const auto bytes = base::read_file(file);
  const auto& expected = job.lineage.snapshot_sha256;
  if (const auto found = base::sha256(bytes); !expected.empty() && found != expected) {
    throw Error(Failure::integrity, fmt::format("{} has sha256 {}, but the job was written for {}",
                                                file.string(), found, expected));
  }
  auto window = market::decode_snapshot(bytes);
  if (window.series.symbol != job.symbol || window.series.timeframe != job.timeframe) {
    throw Error(Failure::usage,
                fmt::format("{} holds {} {}, but the job is for {} {}", file.string(), window.series.symbol,
                            window.series.timeframe.name(), job.symbol, job.timeframe.name()));
  }
  return window;
}

// The window without the bars that are kept back for a comparison out of sample.
market::Window visible(market::Window window, const Job& job) {
  auto& candles = window.series.candles;
  if (job.held_back >= candles.size() - window.warm_up) {
    throw Error(Failure::usage, fmt::format("the job holds back {} bars, and its window has {}",
                                            job.held_back, candles.size() - window.warm_up));
  }
  candles.resize(candles.size() - job.held_back);
  return window;
}

// The parent, checked to be the one the job names and to have been trained for the same thing.
policy::Checkpoint read_parent(const fs::path& folder, const Job& job, const policy::Contract& contract) {
  const auto file = folder / JobFiles::parent;
  if (job.lineage.parent_sha256.empty()) {
    throw Error(Failure::usage, fmt::format("{}: a job that fine-tunes must name its lineage's parent_sha256",
                                            (folder / JobFiles::job).string()));
  }
  auto parent = policy::load(file, job.lineage.parent_sha256);
  if (const auto difference = parent.contract.difference(contract)) {
    throw Error(Failure::refused,
                fmt::format("the parent was trained for something else: its {}", *difference));
  }
  return parent;
}

std::string later(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  return base::parse_time(a) < base::parse_time(b) ? b : a;
}

// One run from job to result.
class Run {
 public:
  Run(const fs::path& folder, const Job& job, const JobHooks& hooks, const MakeEngine& make_engine)
      : folder_(folder),
        job_(job),
        hooks_(hooks),
        make_engine_(make_engine),
        contract_(job.contract()),
        lineage_(job.lineage),
        workers_(
            std::min(static_cast<std::size_t>(job.compute.threads), fast_updater_parts(contract_.network)),
            prepare_thread) {}

  Result carry_out() {
    const auto start = std::chrono::steady_clock::now();
    const auto window = visible(read_candles(folder_, job_), job_);
    begin_lineage(window);
    const auto engine = make_engine_(job_.compute, contract_.network, job_.pack.ppo, workers_);
    begin_weights(*engine);
    const auto data = environment::MarketData::make(job_.features, window.series.candles, window.warm_up,
                                                    job_.pack.environment.window_size);
    Learner learner(job_.pack, data, job_.seed, kl_coeff_, *engine, contract_.network, workers_);
    iterate(learner);
    result_.learning_rate = engine->learning_rate();
    result_.kl_coeff = learner.kl_coeff();
    if (result_.outcome != LearnerOutcome::diverged) save(learner, *engine);
    result_.train_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    result_.write(folder_);
    return result_;
  }

 private:
  void begin_lineage(const market::Window& window) {
    const auto last = base::to_rfc3339(window.last());
    if (lineage_.window_first.empty()) lineage_.window_first = base::to_rfc3339(window.first());
    if (lineage_.window_last.empty()) lineage_.window_last = last;
    lineage_.data_seen_until = later(lineage_.data_seen_until, last);
    lineage_.seed = job_.seed;
  }

  void begin_weights(Updater& engine) {
    kl_coeff_ = job_.pack.ppo.kl_coeff;
    if (job_.fine_tune) {
      const auto parent = read_parent(folder_, job_, contract_);
      engine.load(restored(parent.weights));
      lineage_.data_seen_until = later(lineage_.data_seen_until, parent.lineage.data_seen_until);
      lineage_.parent_costs = parent.contract.costs;
      restore_optimizer(engine);
    } else {
      engine.load(initial_weights(contract_.network, job_.seed));
    }
    // After the restore, which brings the parent's old rate along; read back for the record.
    engine.set_learning_rate(job_.learning_rate);
    lineage_.learning_rate = engine.learning_rate();
  }

  std::vector<float> restored(const std::vector<float>& parent) const {
    if (job_.pack.restore != training::Restore::shrink_perturb) return parent;
    return shrink_perturbed(parent, initial_weights(contract_.network, job_.seed), job_.pack.restore_shrink);
  }

  void restore_optimizer(Updater& engine) {
    const auto file = folder_ / JobFiles::parent_optimizer;
    const auto& pack = job_.pack;
    const bool restore_kl_coeff = pack.restore_kl_coeff.value_or(true);
    if ((!pack.restore_optimizer && !restore_kl_coeff) || !fs::exists(file)) return;
    const auto parent =
        decode_optimizer(base::read_file(file), file.string(), contract_.network, lineage_.parent_sha256);
    if (pack.restore_optimizer) engine.restore(parent.adam);
    if (restore_kl_coeff) kl_coeff_ = std::max(parent.kl_coeff, pack.ppo.kl_coeff_min.value_or(0));
    result_.optimizer_restored = pack.restore_optimizer;
    result_.kl_coeff_restored = restore_kl_coeff;
  }

  void iterate(Learner& learner) {
    for (std::size_t i = 1; i <= job_.iterations; ++i) {
      auto iteration = learner.iterate();
      iteration.metrics.iteration = i;
      iteration.metrics.total_iterations = job_.iterations;
      result_.last = iteration.metrics;
      result_.iterations = i;
      hooks_.line(iteration.metrics.json());
      if (iteration.divergence) {
        result_.outcome = LearnerOutcome::diverged;
        result_.reason = fmt::format("the training diverged in iteration {}: {}", i, *iteration.divergence);
        return;
      }
      if (i < job_.iterations && hooks_.stop()) {
        result_.outcome = LearnerOutcome::cancelled;
        result_.reason = fmt::format("stopped after iteration {} of {}", i, job_.iterations);
        return;
      }
    }
  }

  void save(const Learner& learner, const Updater& engine) {
    const policy::Checkpoint checkpoint{contract_, lineage_, learner.probes(kProbes), engine.weights()};
    const auto bytes = policy::encode(checkpoint);
    // What is handed on must pass the checks it will meet: the plain forward pass agrees with the engine's.
    policy::decode(bytes, (folder_ / JobFiles::checkpoint).string());
    result_.checkpoint_sha256 = base::sha256(bytes);
    const OptimizerFile optimizer{contract_.network, result_.checkpoint_sha256, engine.optimizer(),
                                  learner.kl_coeff()};
    const auto write = [&](const char* name, std::string_view content) {
      base::write_file_atomically(folder_ / name, content, 0600, base::Durability::relaxed);
    };
    write(JobFiles::optimizer, encode(optimizer));
    write(JobFiles::checkpoint, bytes);
  }

  const fs::path& folder_;
  const Job& job_;
  const JobHooks& hooks_;
  const MakeEngine& make_engine_;
  policy::Contract contract_;
  policy::Lineage lineage_;
  base::Workers workers_;
  double kl_coeff_ = 0;
  Result result_;
};

std::string started(const Job& job) {
  base::JsonWriter json;
  json.object().field("type", "started").field("total_iterations", job.iterations).field("seed", job.seed);
  json.field("learning_rate", job.learning_rate)
      .field("fine_tune", job.fine_tune)
      .field("engine", training::name(job.compute.engine))
      .field("precision", training::name(job.compute.precision))
      .field("threads", job.compute.threads);
  return json.end().text();
}

std::string finished(const Result& result) {
  base::JsonWriter json;
  json.object().field("type", "finished").field("outcome", training::name(result.outcome));
  json.field("reason", result.reason).field("iterations", result.iterations);
  return json.field("checkpoint_sha256", result.checkpoint_sha256).end().text();
}

}  // namespace

Result run_job(const fs::path& folder, const JobHooks& hooks, const MakeEngine& make_engine) {
  const auto job = Job::read(folder);
  hooks.line(started(job));
  prepare_process();
  remove_outputs(folder);
  require_version(job);
  const auto result = Run(folder, job, hooks, make_engine).carry_out();
  hooks.line(finished(result));
  return result;
}

}  // namespace ctt::learning
