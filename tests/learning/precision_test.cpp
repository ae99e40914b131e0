// bfloat16: what rounding the factors of an update's products does, on any processor, and the processor's own products
// where it has them.
#include <bit>
#include <numeric>

#include "base/error.h"
#include "learning/engines.h"
#include "learning/job_example.h"
#include "learning/job_run.h"
#include "learning/market.h"

using namespace ctt;
using namespace ctt::learning;

namespace {

std::vector<float> rounded(Kernels::ConstRows from, std::size_t rows, std::size_t columns) {
  std::vector<std::uint16_t> halves(rows * columns);
  to_bfloat16(from, {rows, columns}, halves.data());
  std::vector<float> numbers;
  for (const std::uint32_t half : halves) numbers.push_back(std::bit_cast<float>(half << 16));
  return numbers;
}

// The same products as the processor's: those of two bfloat16 are exact in float32.
void multiply_rounded(Matrix a, Matrix b, Kernels::Rows c, std::size_t m, std::size_t n, std::size_t k,
                      float beta) {
  const auto left = a.as == 'N' ? rounded(a.rows, m, k) : rounded(a.rows, k, m);
  const auto right = b.as == 'N' ? rounded(b.rows, k, n) : rounded(b.rows, n, k);
  multiply({{left.data(), a.as == 'N' ? k : m}, a.as}, {{right.data(), b.as == 'N' ? n : k}, b.as}, c, m, n,
           k, beta);
}

std::unique_ptr<Updater> engine_of(const policy::NetworkShape& shape, Multiply products) {
  static base::Workers workers(2, prepare_thread);
  auto engine = make_fast_updater(shape, {}, workers, products);
  engine->load(initial_weights(shape, 3));
  return engine;
}

bool has_bfloat16() {
  try {
    training::require_processor(training::Precision::bfloat16);
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

std::vector<float> normal(std::size_t count, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<float> numbers(count);
  for (float& x : numbers) x = static_cast<float>(random.normal());
  return numbers;
}

double norm(const std::vector<float>& numbers) {
  return std::sqrt(std::inner_product(numbers.begin(), numbers.end(), numbers.begin(), 0.0));
}

const policy::NetworkShape kShape{.inputs = 40, .actions = 3, .hidden = {96, 64}};

}  // namespace

TEST_CASE("a number becomes the nearest bfloat16, ties to even, and what is none stays none") {
  const std::vector<float> numbers{1, 1.00390625F, 1.01171875F, -3.14159265F, 0, INFINITY, NAN, 3.4e38F};
  const auto nearest = rounded({numbers.data(), numbers.size()}, 1, numbers.size());
  CHECK(nearest[0] == 1);
  CHECK(nearest[1] == 1);          // half way to 1.0078125
  CHECK(nearest[2] == 1.015625F);  // half way from it
  CHECK(nearest[3] == -3.140625F);
  CHECK(nearest[4] == 0);
  CHECK(nearest[5] == INFINITY);
  CHECK(std::isnan(nearest[6]));
  CHECK(nearest[7] == INFINITY);
}

TEST_CASE("with rounded factors the gradient is that of float32 within a hundredth of its length") {
  const auto batch = random_batch(300, kShape.inputs, kShape.actions, 1);
  std::vector<std::uint32_t> rows(batch.rows());
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<float> exact(kShape.parameter_count()), coarse(exact);
  engine_of(kShape, multiply)->gradient(batch, rows, 0.2, exact);
  engine_of(kShape, multiply_rounded)->gradient(batch, rows, 0.2, coarse);
  CHECK(exact != coarse);
  auto difference = exact;
  for (std::size_t i = 0; i < exact.size(); ++i) difference[i] -= coarse[i];
  CHECK(norm(difference) < 0.01 * norm(exact));
}

TEST_CASE("what acts computes in float32, whatever an update's products are") {
  const auto observations = normal(5 * kShape.inputs, 2);
  const auto acted_on = [&](Multiply products) {
    std::vector<float> logits(5 * kShape.actions), values(5);
    engine_of(kShape, products)->forward(observations, 5, logits, values);
    return logits;
  };
  CHECK(acted_on(multiply) == acted_on(multiply_rounded));
}

TEST_CASE("a processor's own products are those of rounded factors, and one without them refuses by name") {
  if (!has_bfloat16()) {
    CHECK_THROWS_WITH_AS(products(training::Precision::bfloat16),
                         doctest::Contains("neither AVX512_BF16 nor AMX"), base::Error);
    MESSAGE("skipped: this processor has no bfloat16");
    return;
  }
  const auto own = products(training::Precision::bfloat16);
  const std::size_t m = 33, n = 20, k = 70, gap = 16;
  const auto a = normal(k * (m + gap), 3), b = normal(n * (k + gap), 4);
  for (const float beta : {0.0F, 1.0F}) {
    std::vector<float> got(m * (n + gap), 0.5F), wanted(got);
    for (int twice = 0; twice < 2; ++twice) {
      own({{a.data(), m + gap}, 'T'}, {{b.data(), k + gap}, 'T'}, {got.data(), n + gap}, m, n, k, beta);
      multiply_rounded({{a.data(), m + gap}, 'T'}, {{b.data(), k + gap}, 'T'}, {wanted.data(), n + gap}, m, n,
                       k, beta);
    }
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - wanted[i]) < 1e-4);
  }
}

// Beside each bar the direction of the next one. What is earned on fresh bars, as a fraction of foresight's.
TEST_CASE("rounded factors learn the signal as well as float32, within what the seed makes of it") {
  const auto moves = coin_moves(1000, 1), fresh = coin_moves(1000, 9);
  const auto data = market_of(moves, next_directions(moves));
  const auto unseen = market_of(fresh, next_directions(fresh));
  const auto pack = small_pack(R"(, "commission": 0)");
  constexpr int kSeeds = 5, kIterations = 12, kApart = 2;
  using Curve = std::array<double, kIterations / kApart>;  // the mean over the seeds
  const auto learned = [&](Multiply products) {
    Curve curve{};
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Training run(pack, data, seed, products);
      for (int i = 0; i < kIterations; ++i) {
        REQUIRE(!run.learner.iterate().divergence);
        if ((i + 1) % kApart == 0)
          curve.at(i / kApart) += std::log(run.final_net_worth(unseen, pack) / 10000) / (500 * 0.01) / kSeeds;
      }
    }
    return curve;
  };
  const auto exact = learned(multiply), coarse = learned(multiply_rounded);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    INFO("after ", (i + 1) * kApart, " iterations: float32 ", exact.at(i), ", rounded ", coarse.at(i));
    CHECK(std::abs(exact.at(i) - coarse.at(i)) < 0.05);
  }
  CHECK(coarse.back() >= 0.9);
}

TEST_CASE(
    "a job in bfloat16 trains where the processor has it, says so in the lineage, and is refused elsewhere") {
  const support::Scratch scratch;
  auto job = write_job(scratch / "job");
  job.compute.precision = training::Precision::bfloat16;
  job.lineage.precision = "bfloat16";
  job.write(scratch / "job");
  CHECK(training::Job::read(scratch / "job").compute == job.compute);
  if (!has_bfloat16()) {
    CHECK_THROWS_WITH_AS(run_job(scratch / "job", {}), doctest::Contains("choose float32"), base::Error);
    return;
  }
  const auto result = run_job(scratch / "job", {});
  CHECK(policy::load(scratch / "job" / training::JobFiles::checkpoint, result.checkpoint_sha256)
            .lineage.precision == "bfloat16");
}
