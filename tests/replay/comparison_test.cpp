#include <doctest/doctest.h>

#include <cmath>

#include "base/random.h"
#include "replay/comparison.h"

namespace ctt::replay {

namespace {

LineageRun lineage(Arm arm, int seed, double drift, std::uint64_t noise) {
  LineageRun run;
  run.arm = arm;
  run.seed = seed;
  base::Random random(noise);
  double equity = 100;
  for (int i = 0; i < 2000; ++i) {
    run.account.equity.push_back(equity);
    equity *= std::exp(drift + 0.001 * random.normal());
  }
  return run;
}

}  // namespace

TEST_CASE("an arm that gains on every bar is better, and one that differs by luck alone is undecided") {
  const auto never1 = lineage(Arm::never, 1, 0, 1);
  const auto never2 = lineage(Arm::never, 2, 0, 2);
  const auto good1 = lineage(Arm::always, 1, 0.0005, 3);
  const auto good2 = lineage(Arm::always, 2, 0.0005, 4);
  const auto luck = lineage(Arm::always, 1, 0, 5);
  const auto hour = market::Timeframe::parse("1h");
  const auto better = compare({&good1, &good2}, {&never1, &never2}, hour);
  REQUIRE(better);
  CHECK(better->verdict == Verdict::better);
  CHECK(better->seeds == 2);
  CHECK(better->low_pct < better->mean_pct);
  CHECK(better->mean_pct == doctest::Approx(100 * 8760 * 0.0005).epsilon(0.2));
  const auto even = compare({&luck}, {&never1}, hour);
  CHECK(even->verdict == Verdict::undecided);
  CHECK(*even->years_needed > 0.2);
  CHECK(compare({&never1}, {&good1}, hour)->verdict == Verdict::worse);
}

TEST_CASE("an arm without seeds is held against each seed of the other") {
  const auto hold = lineage(Arm::hold, 1, 0, 1);
  const auto one = lineage(Arm::always, 1, 0, 2);
  const auto two = lineage(Arm::always, 2, 0, 3);
  CHECK(compare({&one, &two}, {&hold}, market::Timeframe::parse("1h"))->seeds == 2);
}

}  // namespace ctt::replay
