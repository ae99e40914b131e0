// Updates, rollouts and whole training on one work: 10,000 candles, window 40 of 5 features plus the
// account columns, 256-256 tanh, 3 actions, batch 4096, 10 epochs, 64 environments.
// Beside them the matrix products that an update cannot do without, with nothing else: the floor.
#include <benchmark/benchmark.h>
#include <dnnl.h>

#include "environment/made_market.h"
#include "learning/fast_updater.h"
#include "learning/initial_weights.h"
#include "learning/learner.h"
#include "learning/runtime.h"
#include "learning/sliced_network.h"
#include "learning/torch/autograd_updater.h"

namespace {

using namespace ctt;
using namespace ctt::learning;

constexpr std::size_t kBatch = 4096, kEnvironments = 64;

enum Nets { separate, shared };
enum class Kind { autograd, fast };

training::Pack pack_of(Nets nets, std::size_t minibatch, std::size_t batch = kBatch, int passes = 10) {
  return training::Pack::parse(
      fmt::format(R"({{"lr": 0.0003, "train_batch_size": {}, "sgd_minibatch_size": {}, "num_sgd_iter": {},
        "grad_clip": 0.5, "num_envs": {}, "window_size": 40, "account_columns": true,
        "max_episode_steps": 500, "random_start_pct": 0.9, "model": {{"fcnet_hiddens": [256, 256], "vf_share_layers": {}}}}})",
                  batch, minibatch, passes, kEnvironments, nets == shared),
      "benchmark");
}

// A walk beside five columns of standard normal numbers: a value as large as features are.
std::shared_ptr<const environment::MarketData> market() {
  auto data = std::make_shared<environment::MarketData>();
  data->candles = environment::walk(10000, 1);
  data->columns = 5;
  base::Random random(2);
  for (std::size_t i = 0; i < data->rows() * data->columns; ++i)
    data->features.push_back(static_cast<float>(random.normal()));
  return data;
}

struct Work {
  training::Pack pack;
  std::shared_ptr<const environment::MarketData> data;
  policy::NetworkShape shape;
  base::Workers workers;
  std::unique_ptr<Updater> engine;

  Work(Kind kind, Nets nets, std::size_t minibatch, std::size_t threads)
      : pack(pack_of(nets, minibatch)),
        data(market()),
        shape(pack.network(5)),
        workers(threads, prepare_thread) {
    prepare_process();
    engine = kind == Kind::fast ? make_fast_updater(shape, pack.ppo, workers)
                                : make_autograd_updater(shape, pack.ppo);
    engine->load(initial_weights(shape, 1));
  }
};

Work work_of(Kind kind, const benchmark::State& state) {
  return Work(kind, static_cast<Nets>(state.range(0)), static_cast<std::size_t>(state.range(1)),
              static_cast<std::size_t>(state.range(2)));
}

// Minibatches from one collected batch; items are samples.
void update(benchmark::State& state, Kind kind) {
  auto work = work_of(kind, state);
  environment::VectorEnvironment environments(work.data, work.pack.environment, kEnvironments, 1);
  Collector collector(environments, {}, 0, 1, work.workers);
  Batch batch;
  collector.collect(policy::Forward(work.shape, work.engine->weights()), kBatch / kEnvironments, batch);
  const auto size = static_cast<std::size_t>(state.range(1));
  std::vector<std::uint32_t> rows(size);
  base::Random random(1);
  for (auto& row : rows) row = static_cast<std::uint32_t>(random.below(kBatch));
  for (auto _ : state) benchmark::DoNotOptimize(work.engine->update(batch, rows, 0.2));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
void update_fast(benchmark::State& state) { update(state, Kind::fast); }
void update_autograd(benchmark::State& state) { update(state, Kind::autograd); }

// The products of one update by the same library, shared out in the same way, and nothing else: of one half
// of the network, in buffers of its own.
struct HalfOfProducts {
  static constexpr std::size_t kWidth = 256, kHalf = kWidth / 2;

  std::size_t rows, inputs, heads;
  Buffer x{inputs}, own{kHalf}, others{kHalf}, sums{kHalf}, share{kWidth}, head{heads};
  Floats w1 = Floats(inputs * kHalf), w2 = Floats(kWidth * kHalf), w3 = Floats(kHalf * heads);
  Floats d1 = w1, d2 = w2, d3 = w3;

  HalfOfProducts(std::size_t rows_, std::size_t inputs_, std::size_t heads_)
      : rows(rows_), inputs(inputs_), heads(heads_) {
    for (auto* buffer : {&x, &own, &others, &sums, &share, &head}) buffer->reserve(rows);
  }

  void multiply() {
    // Forward: first layer, second layer by halves of its inputs, heads.
    product('N', 'N', rows, kHalf, inputs, x.row(0), x.stride, w1.data(), kHalf, own.row(0), own.stride);
    for (auto* half : {&own, &others})
      product('N', 'N', rows, kHalf, kHalf, half->row(0), half->stride, w2.data(), kHalf, sums.row(0),
              sums.stride);
    product('N', 'N', rows, heads, kHalf, sums.row(0), sums.stride, w3.data(), heads, head.row(0),
            head.stride);
    // Back to the outputs of the second and the first layer.
    product('N', 'T', rows, kHalf, heads, head.row(0), head.stride, w3.data(), heads, sums.row(0),
            sums.stride);
    product('N', 'T', rows, kWidth, kHalf, sums.row(0), sums.stride, w2.data(), kHalf, share.row(0),
            share.stride);
    // By the weights.
    product('T', 'N', kHalf, heads, rows, own.row(0), own.stride, head.row(0), head.stride, d3.data(), heads);
    for (auto* half : {&own, &others})
      product('T', 'N', kHalf, kHalf, rows, half->row(0), half->stride, sums.row(0), sums.stride, d2.data(),
              kHalf);
    product('T', 'N', inputs, kHalf, rows, x.row(0), x.stride, sums.row(0), sums.stride, d1.data(), kHalf);
  }

  static void product(char ta, char tb, std::size_t m, std::size_t n, std::size_t k, const float* a,
                      std::size_t lda, const float* b, std::size_t ldb, float* c, std::size_t ldc) {
    const auto dim = [](std::size_t size) { return static_cast<dnnl_dim_t>(size); };
    dnnl_sgemm(ta, tb, dim(m), dim(n), dim(k), 1, a, dim(lda), b, dim(ldb), 0, c, dim(ldc));
  }
};

void update_floor(benchmark::State& state) {
  auto work = work_of(Kind::fast, state);
  const auto rows = static_cast<std::size_t>(state.range(1));
  const std::size_t nets = work.shape.shared ? 1 : 2, heads = work.shape.shared ? 4 : 2;
  std::vector<HalfOfProducts> halves(2, HalfOfProducts(rows, work.shape.inputs, heads));
  for (auto _ : state) {
    for (std::size_t net = 0; net < nets; ++net)
      work.workers.run(halves.size(), [&](std::size_t half) { halves[half].multiply(); });
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
}

// Whole iterations of training; items are environment steps.
void train(benchmark::State& state, Kind kind) {
  auto work = work_of(kind, state);
  Learner learner(work.pack, work.data, 1, 0.2, *work.engine, work.shape, work.workers);
  double collect = 0, total = 0;
  for (auto _ : state) {
    const auto metrics = learner.iterate().metrics;
    collect += metrics.collect_s;
    total += metrics.collect_s + metrics.update_s;
  }
  state.counters["collecting"] = collect / total;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
void train_fast(benchmark::State& state) { train(state, Kind::fast); }
void train_autograd(benchmark::State& state) { train(state, Kind::autograd); }

// The packs' way: batch 4000, minibatch 128, 30 passes, separate nets, two workers.
void train_pack(benchmark::State& state) {
  auto work = Work(Kind::fast, separate, 128, 2);
  work.pack = pack_of(separate, 128, 4000, 30);
  Learner learner(work.pack, work.data, 1, 0.2, *work.engine, work.shape, work.workers);
  for (auto _ : state) learner.iterate();
  state.SetItemsProcessed(state.iterations() * 4000);
}

void forward(benchmark::State& state) {
  Work work(Kind::fast, separate, 128, 1);
  const policy::Forward policy(work.shape, work.engine->weights());
  policy::Forward::Scratch scratch;
  const auto rows = static_cast<std::size_t>(state.range(0));
  std::vector<float> observations(rows * work.shape.inputs, 0.5F), logits(rows * work.shape.actions);
  for (auto _ : state) {
    policy.run(observations, rows, logits, {}, scratch);
    benchmark::DoNotOptimize(logits.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
}

}  // namespace

BENCHMARK(forward)->ArgName("rows")->Arg(1)->Arg(64);

#define CTT_WORKS ArgNames({"shared", "minibatch", "threads"})->UseRealTime()
BENCHMARK(update_floor)->CTT_WORKS->ArgsProduct({{0, 1}, {128, 512}, {1, 2}});
BENCHMARK(update_fast)->CTT_WORKS->ArgsProduct({{0, 1}, {128, 512}, {1, 2}});
BENCHMARK(update_autograd)->CTT_WORKS->ArgsProduct({{0, 1}, {128, 512}, {1}});
BENCHMARK(train_fast)
    ->CTT_WORKS->ArgsProduct({{0, 1}, {128, 512}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2);
BENCHMARK(train_autograd)
    ->CTT_WORKS->ArgsProduct({{0, 1}, {128, 512}, {1}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2);
BENCHMARK(train_pack)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(2);
