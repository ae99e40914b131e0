#include "base/random.h"

#include <array>

using ctt::base::Random;

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
