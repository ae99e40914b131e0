// Updates, rollouts and whole training on one work: 10,000 candles, window 40 of 5 features plus the
// account columns, 256-256 tanh, 3 actions, batch 4096, 10 epochs, 64 environments.
// Beside them the matrix products that an update cannot do without, with nothing else: the floor.
#include <benchmark/benchmark.h>
#include <dnnl.h>

#include "environment/made_market.h"
#include "learning/initial_weights.h"
#include "learning/learner.h"
#include "learning/runtime.h"

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

struct Numbers {
  dnnl_dim_t stride;
  std::vector<float> numbers;

  Numbers(dnnl_dim_t rows, dnnl_dim_t columns, bool padded)
      : stride(padded ? ((columns + 15) / 16 | 1) * 16 : columns),
        numbers(static_cast<std::size_t>(rows * stride), 0.5F) {}
  float* row(dnnl_dim_t r) { return numbers.data() + r * stride; }
};

// The products of one update by the same library, laid out and split in the same way, and nothing else.
void update_floor(benchmark::State& state) {
  auto work = work_of(Kind::fast, state);
  const auto rows = static_cast<dnnl_dim_t>(state.range(1));
  const auto inputs = static_cast<dnnl_dim_t>(work.shape.inputs);
  const dnnl_dim_t width = 256, heads = 4;
  const dnnl_dim_t parts = std::clamp<dnnl_dim_t>(rows / 256, 2, 16);
  Numbers x(rows, inputs, true), h(rows, width, true), g(rows, width, true), o(rows, heads, true);
  Numbers w1(width, inputs, false), w2(width, width, false), w3(heads, width, false);
  auto d1 = w1, d2 = w2, d3 = w3;
  const auto multiply = [](char ta, char tb, dnnl_dim_t m, dnnl_dim_t n, dnnl_dim_t k, const float* a,
                           const Numbers& of_a, const float* b, const Numbers& of_b, float* c,
                           const Numbers& of_c) {
    dnnl_sgemm(ta, tb, m, n, k, 1, a, of_a.stride, b, of_b.stride, 0, c, of_c.stride);
  };
  for (auto _ : state) {
    for (std::size_t net = 0; net < (work.shape.shared ? 1 : 2); ++net) {
      work.workers.run(static_cast<std::size_t>(parts), [&](std::size_t part) {
        const auto n = rows / parts, first = static_cast<dnnl_dim_t>(part) * n;
        multiply('N', 'T', n, width, inputs, x.row(first), x, w1.row(0), w1, h.row(first), h);
        multiply('N', 'T', n, width, width, h.row(first), h, w2.row(0), w2, g.row(first), g);
        multiply('N', 'T', n, heads, width, g.row(first), g, w3.row(0), w3, o.row(first), o);
        multiply('N', 'N', n, width, heads, o.row(first), o, w3.row(0), w3, h.row(first), h);
        multiply('N', 'N', n, width, width, h.row(first), h, w2.row(0), w2, g.row(first), g);
      });
      work.workers.run(static_cast<std::size_t>(parts), [&](std::size_t part) {
        const auto n = width / parts, first = static_cast<dnnl_dim_t>(part) * n;
        multiply('T', 'N', n, inputs, rows, g.row(0) + first, g, x.row(0), x, d1.row(first), d1);
        multiply('T', 'N', n, width, rows, g.row(0) + first, g, h.row(0), h, d2.row(first), d2);
        multiply('T', 'N', heads, n, rows, o.row(0), o, h.row(0) + first, h, d3.row(0) + first, d3);
      });
    }
  }
  state.SetItemsProcessed(state.iterations() * rows);
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
