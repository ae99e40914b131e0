#include "base/random.h"

#include <array>
#include <set>

using ctt::base::derived_seed;
using ctt::base::kSeedMax;
using ctt::base::Random;
using ctt::base::split_mix;

TEST_CASE("a seed and a stream fix the numbers; another stream gives others") {
  Random a(7, 1);
  Random b(7, 1);
  Random c(7, 2);
  const auto first = a.bits();
  CHECK(first == b.bits());
  CHECK(first != c.bits());
}

TEST_CASE("normal numbers have mean 0 and variance 1, bounded ones are even") {
  Random random(1);
  constexpr int n = 100'000;
  double sum = 0;
  double squares = 0;
  std::array<int, 3> counts{};
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
    ++counts[random.below(3)];
  }
  CHECK(std::abs(sum / n) < 0.02);
  CHECK(std::abs(squares / n - 1) < 0.02);
  for (const int count : counts) CHECK(std::abs(count - n / 3) < n / 50);
}

TEST_CASE("the numbers of a seed are the same on every machine") {
  // SplitMix64 of 0 as published with the algorithm (Vigna, splitmix64.c).
  CHECK(split_mix(0) == 0xe220a8397b1dcdaf);
  Random random(7, 1);
  const auto first = random.bits();
  Random again(7, 1);
  CHECK(again.uniform() == static_cast<double>(first >> 11) * 0x1.0p-53);
}

TEST_CASE("uniform numbers lie in [0, 1), bounded ones below their bound, which may be 1") {
  Random random(3);
  for (int i = 0; i < 10'000; ++i) {
    const double x = random.uniform();
    REQUIRE(x >= 0);
    REQUIRE(x < 1);
    REQUIRE(random.below(10) < 10);
    REQUIRE(random.below(1) == 0);
  }
  // A bound just above half of all values: every second draw must be drawn again, and is.
  constexpr std::uint64_t kBound = (std::uint64_t{1} << 63) + 1;
  for (int i = 0; i < 100; ++i) REQUIRE(random.below(kBound) < kBound);
}

TEST_CASE("seeds that follow from one differ, and each is one that a JSON number holds") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t index = 0; index < 1000; ++index) {
    const auto seed = derived_seed(42, index);
    CHECK(seed <= kSeedMax);
    CHECK(static_cast<std::uint64_t>(static_cast<double>(seed)) == seed);
    seeds.insert(seed);
  }
  CHECK(seeds.size() == 1000);
  CHECK(derived_seed(42, 1) == (Random(42, 1).bits() & kSeedMax));
}
