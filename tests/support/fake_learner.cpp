// A learner that learns nothing: a real process with the learner's ways, so that launcher and cycles
// can be tested without LibTorch. FAKE_LEARNER says how it behaves: ok (default), noise (progress
// between lines of other text), trend (the policy follows the newest bar's direction instead of having
// random weights), overflow (sound weights whose sums leave the range of a float), diverge, die, slow, no-result,
// no-libtorch (what the loader says and does where that is not installed), cut (end as one that was asked to
// stop after its first iteration), hang, mute (close standard output and hang), stubborn (hang and ignore SIGTERM).
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "base/descriptor.h"
#include "base/files.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/time.h"
#include "market/snapshot.h"
#include "policy/forward.h"
#include "training/job.h"
#include "training/result.h"

using namespace ctt;

namespace {

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

training::IterationMetrics metrics_of(const training::Job& job, std::size_t iteration) {
  training::IterationMetrics metrics;
  metrics.iteration = iteration;
  metrics.total_iterations = job.iterations;
  metrics.episode_return_mean = 0.5;
  metrics.lr = job.learning_rate;
  return metrics;
}

// Buys while the first feature of the newest row is above 0, sells below.
std::vector<float> trend_weights(const policy::Contract& contract) {
  std::vector<float> weights;
  const auto columns = contract.features.columns().size();
  for (const auto& parameter : contract.network.parameters()) {
    std::vector<float> values(parameter.size(), 0.0F);
    if (parameter.name == "policy.0.weight") values.at((contract.window_size - 1) * columns) = 20;
    if (parameter.name == "policy.logits.weight") {
      values.at(parameter.shape.at(1)) = 1;
      values.at(2 * parameter.shape.at(1)) = -1;
    }
    weights.insert(weights.end(), values.begin(), values.end());
  }
  return weights;
}

std::vector<float> overflowing_weights(const policy::NetworkShape& network) {
  std::vector<float> weights;
  for (const auto& parameter : network.parameters()) {
    const float value = parameter.name == "policy.0.weight"        ? 100.0F
                        : parameter.name == "policy.logits.weight" ? 3e38F
                                                                   : 0.0F;
    weights.insert(weights.end(), parameter.size(), value);
  }
  return weights;
}

std::vector<float> random_weights(const policy::NetworkShape& network, std::uint64_t seed) {
  std::vector<float> weights;
  base::Random random(seed);
  for (std::size_t i = 0; i < network.parameter_count(); ++i)
    weights.push_back(static_cast<float>(0.3 * random.normal()));
  return weights;
}

policy::Checkpoint checkpoint_of(const training::Job& job, const market::Window& window,
                                 const std::string& behaviour) {
  policy::Checkpoint checkpoint{job.contract(), job.lineage, {}, {}};
  checkpoint.lineage.learning_rate = job.learning_rate;
  checkpoint.lineage.seed = job.seed;
  checkpoint.lineage.data_seen_until =
      base::to_rfc3339(window.series.candles[window.series.candles.size() - 1 - job.held_back].open_time);
  const auto& network = checkpoint.contract.network;
  checkpoint.weights = behaviour == "trend"      ? trend_weights(checkpoint.contract)
                       : behaviour == "overflow" ? overflowing_weights(network)
                                                 : random_weights(network, job.seed);
  const policy::Forward forward(network, checkpoint.weights);
  policy::Forward::Scratch scratch;
  policy::Probe probe{std::vector<float>(network.inputs, behaviour == "overflow" ? 0.0F : 0.25F),
                      std::vector<float>(network.actions)};
  forward.run(probe.observation, 1, probe.logits, {}, scratch);
  checkpoint.probes.push_back(std::move(probe));
  return checkpoint;
}

int learn(const std::filesystem::path& folder, const std::string& behaviour) {
  const auto job = training::Job::read(folder);
  if (behaviour == "no-libtorch") {
    std::fputs("error while loading shared libraries: libtorch_cpu.so: cannot open\n", stderr);
    return 127;
  }
  if (behaviour == "no-room") {
    say(R"({"type":"error","code":"E_INTERNAL","exit":1,"message":"cannot write checkpoint: No space left on device"})");
    return 1;
  }
  if (behaviour == "stubborn") signal(SIGTERM, SIG_IGN);
  if (behaviour == "noise") say("a line that is no JSON\n{\"type\":\"started\"}");
  for (std::size_t i = 1; i <= job.iterations; ++i) {
    say(metrics_of(job, i).json());
    if (behaviour == "die") {
      std::fputs("cannot allocate memory\n", stderr);
      raise(SIGKILL);
    }
    if (behaviour == "cut") break;
    if (behaviour == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (behaviour == "mute") close(STDOUT_FILENO);
    while (behaviour == "mute" || behaviour == "hang" || behaviour == "stubborn") pause();
  }
  if (behaviour == "no-result") return 0;
  training::Result result;
  result.iterations = job.iterations;
  result.last = metrics_of(job, job.iterations);
  result.learning_rate = job.learning_rate;
  if (behaviour == "cut") {
    result.outcome = training::LearnerOutcome::cancelled;
    result.write(folder);
    return 143;
  }
  if (behaviour == "diverge") {
    result.outcome = training::LearnerOutcome::diverged;
    result.reason = "the training diverged in iteration 1: loss is not a finite number";
  } else {
    const auto window = market::decode_snapshot(base::read_file(folder / training::JobFiles::candles));
    const auto bytes = policy::encode(checkpoint_of(job, window, behaviour));
    base::write_file_atomically(folder / training::JobFiles::checkpoint, bytes);
    result.checkpoint_sha256 = base::sha256(bytes);
  }
  result.write(folder);
  return 0;
}

// As ctt-learn --resident does; but ends with the first job that goes wrong.
int stay(const std::string& behaviour) {
  for (std::string folder; std::getline(std::cin, folder);) {
    const auto log = base::Descriptor::open(folder + "/learner.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log.get(), STDERR_FILENO);
    if (const int status = learn(folder, behaviour); status != 0 || behaviour == "no-result") return status;
    say(R"({"type":"finished"})");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* set = std::getenv("FAKE_LEARNER");
  const std::string behaviour = set == nullptr ? "ok" : set;
  if (argc != 2) return 2;
  return std::string(argv[1]) == "--resident" ? stay(behaviour) : learn(argv[1], behaviour);
}
