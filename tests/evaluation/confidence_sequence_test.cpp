#include "evaluation/confidence_sequence.h"

#include <limits>

#include "base/random.h"
#include "vectors.h"

using namespace ctt::evaluation;
using ctt::base::Random;

namespace {

/// +1 or -1: +1 with this probability. Values at the bound are the hardest to cover.
double coin(Random& random, double heads) { return random.uniform() < heads ? 1 : -1; }

/// In how many of `runs` series of 400 values `misses(random)` is true.
std::size_t count_misses(std::size_t runs, const auto& misses) {
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    Random random(seed);
    count += misses(random) ? 1 : 0;
  }
  return count;
}

double width(const ConfidenceInterval& interval) { return interval.high - interval.low; }

}  // namespace

// A tenth may miss; the sequence is not exact, so fewer do.
TEST_CASE("looking after every value, the sequence misses the mean in no more runs than it may") {
  const auto misses = [](Random& random) {
    ConfidenceSequence sequence({.bound = 1, .coverage = 0.9, .deviation = 0.5, .tuned_count = 200});
    for (int t = 0; t < 400; ++t) {
      sequence.add(std::vector{coin(random, 0.8)});
      if (sequence.excludes(0.6)) return true;
    }
    return false;
  };
  const std::size_t count = count_misses(300, misses);
  CHECK(count < 30);
  // A fixed-sample interval, looked at as often, misses in about half of the runs.
  const auto naive = [](Random& random) {
    double sum = 0;
    for (int t = 1; t <= 400; ++t) {
      sum += coin(random, 0.8);
      if (t >= 20 && std::abs(sum / t - 0.6) > 1.645 * 0.8 / std::sqrt(t)) return true;
    }
    return false;
  };
  CHECK(count_misses(300, naive) > 90);
}

// Each value's chance depends on those before it: the target is the mean of these chances, whatever they are.
TEST_CASE("values that depend on each other, with a mean that moves, are covered as well") {
  const auto misses = [](Random& random) {
    ConfidenceSequence sequence({.bound = 1, .coverage = 0.9});
    double last = 1;
    double target = 0;
    for (int t = 1; t <= 400; ++t) {
      const double heads = (last > 0 ? 0.9 : 0.2) - (t > 200 ? 0.1 : 0);
      target += 2 * heads - 1;
      last = coin(random, heads);
      sequence.add(std::vector{last});
      if (sequence.excludes(target / t)) return true;
    }
    return false;
  };
  CHECK(count_misses(300, misses) < 30);
}

TEST_CASE("a mean is excluded exactly where the interval does not reach") {
  ConfidenceSequence sequence({.bound = 4, .deviation = 1, .tuned_count = 300});
  sequence.add(autoregression(300, 0, 1));
  const auto [low, high] = sequence.interval();
  CHECK(low < 0);
  CHECK(high > 0);
  CHECK(width({low, high}) < 1);
  CHECK_FALSE(sequence.excludes(low + 1e-9));
  CHECK(sequence.excludes(low - 1e-9));
  CHECK_FALSE(sequence.excludes(high - 1e-9));
  CHECK(sequence.excludes(high + 1e-9));
}

// The boundary by its definition: the mixture of exp(l s - v psi(l)), psi(l) = -log(1 - l) - l, over l in (0, 1)
// with density proportional to (1 - l)^(rho - 1) exp(-rho (1 - l)), reaches 2/0.05 there. The scale is 1.
TEST_CASE("at the interval's ends the mixture martingale, integrated numerically, is at its threshold") {
  ConfidenceSequence sequence({.bound = 0.5, .deviation = 0.1, .tuned_count = 2000});
  sequence.add(scaled(autoregression(500, 0, 4), 0.1));
  const auto [count, sum, squares, winsorised] = sequence.state();
  const double rho = 2000 * 0.01 / (2 * std::log(20) + std::log(1 + 2 * std::log(20)));
  const double n = static_cast<double>(count);
  for (const double s : {sum - n * sequence.interval().low, n * sequence.interval().high - sum}) {
    double evidence = 0;
    double weights = 0;
    for (double l = 0.00005; l < 1; l += 0.0001) {
      const double weight = std::pow(1 - l, rho - 1) * std::exp(-rho * (1 - l));
      evidence += weight * std::exp(l * s + squares * (std::log1p(-l) + l));
      weights += weight;
    }
    CHECK(evidence / weights == near(40).epsilon(1e-3));
  }
}

TEST_CASE("before the first value, and after few, the bound is all that is known") {
  ConfidenceSequence sequence({.bound = 0.5});
  CHECK(sequence.interval().low == -0.5);
  CHECK(sequence.interval().high == 0.5);
  CHECK_FALSE(sequence.excludes(0.5));
  CHECK(sequence.excludes(0.6));
  sequence.add(std::vector{0.1});
  CHECK(width(sequence.interval()) == near(1));
  sequence.add(std::vector(100, 0.1));
  CHECK(width(sequence.interval()) < 0.5);
}

TEST_CASE("an edge shows in the end, the sooner the less else varies") {
  ConfidenceSequence quiet({.bound = 1, .deviation = 0.1}), loud({.bound = 1, .deviation = 0.1});
  quiet.add(scaled(autoregression(2000, 0, 3), 0.05, 0.02));
  loud.add(scaled(autoregression(2000, 0, 3), 0.25, 0.02));
  CHECK(quiet.interval().low > 0);
  CHECK(loud.interval().low < 0);
  CHECK(width(quiet.interval()) < width(loud.interval()));
}

// 3 counts as 1: sum 1 + 1 - 0.5; V = 1^2 + (1 - 1)^2 + (-0.5 - 1)^2.
TEST_CASE("what lies beyond the bound is winsorised and counted") {
  ConfidenceSequence sequence({.bound = 1});
  sequence.add(std::vector{3.0, 1.0, -0.5});
  CHECK(sequence.state().count == 3);
  CHECK(sequence.state().sum == near(1.5));
  CHECK(sequence.state().squares == near(1 + 2.25));
  CHECK(sequence.state().winsorised == 1);
}

TEST_CASE("a sequence goes on from its state as if it had never stopped") {
  const auto series = autoregression(200, 0.5, 6);
  const ConfidenceSequenceSettings settings{.bound = 3};
  ConfidenceSequence whole(settings), first(settings);
  whole.add(series);
  first.add(std::span(series).first(70));
  ConfidenceSequence second(settings, first.state());
  second.add(std::span(series).subspan(70));
  CHECK(second.interval().low == whole.interval().low);
  CHECK(second.interval().high == whole.interval().high);
}

TEST_CASE("the interval is in the unit of the values") {
  const auto series = autoregression(300, 0, 7, 0.3);
  ConfidenceSequence sequence({.bound = 4}), other({.bound = 0.004});
  sequence.add(series);
  other.add(scaled(series, 0.001));
  CHECK(other.interval().low == near(0.001 * sequence.interval().low));
  CHECK(other.interval().high == near(0.001 * sequence.interval().high));
}

// coverage 0.9, so -2 log 0.1 = 4.60517 and r^2 = (4.60517 + log 5.60517)/100 = 0.0632886; n r^2 = 6.32886 at
// n = 100: sqrt(2 * 7.32886 / (100 * 6.32886) * log(sqrt(7.32886) / 0.1)) = 0.276394.
TEST_CASE("the asymptotic interval is the one worked out by hand") {
  const SampleMoments of{.count = 100, .mean = 1, .deviation = 2.01, .population_deviation = 2};
  const auto [low, high] = asymptotic_confidence_sequence(of, 0.9, 100);
  CHECK(low == near(1 - 2 * 0.276394).epsilon(1e-4));
  CHECK(high == near(1 + 2 * 0.276394).epsilon(1e-4));
}

TEST_CASE("the asymptotic interval is narrowest where it was tuned to be") {
  const SampleMoments of{.count = 500, .population_deviation = 1};
  const double tuned = width(asymptotic_confidence_sequence(of, 0.95, 500));
  CHECK(tuned < width(asymptotic_confidence_sequence(of, 0.95, 400)));
  CHECK(tuned < width(asymptotic_confidence_sequence(of, 0.95, 620)));
}

TEST_CASE("from some hundred values on the asymptotic sequence misses no more often than it may") {
  const auto misses = [](Random& random) {
    double sum = 0;
    double squares = 0;
    for (std::size_t t = 1; t <= 1500; ++t) {
      const double value = random.normal();
      sum += value;
      squares += value * value;
      const auto n = static_cast<double>(t);
      const SampleMoments of{
          .count = t, .mean = sum / n, .population_deviation = std::sqrt(squares / n - sum / n * sum / n)};
      if (t < 100) continue;
      const auto [low, high] = asymptotic_confidence_sequence(of, 0.9, 300);
      if (low > 0 || high < 0) return true;
    }
    return false;
  };
  CHECK(count_misses(300, misses) < 30);
}

TEST_CASE("settings and values out of range are refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(ConfidenceSequence({.bound = 0}),
                       "bound is 0; give the largest difference of one bar that is to count",
                       std::invalid_argument);
  CHECK_THROWS_AS(ConfidenceSequence({.bound = 1, .coverage = 1}), std::invalid_argument);
  CHECK_THROWS_AS(ConfidenceSequence({.bound = 1, .deviation = 2}), std::invalid_argument);
  CHECK_THROWS_AS(ConfidenceSequence({.bound = 1, .tuned_count = 0}), std::invalid_argument);
  ConfidenceSequence sequence({.bound = 1});
  CHECK_THROWS_AS(sequence.add(std::vector{0.5, nan}), std::invalid_argument);
  CHECK(sequence.state().count == 0);
}
