#include "report/gate_trial.h"

using namespace ctt::report;
using Counts = ReportDocument::GateCounts;

// 60 of 100 and 50 of 100: pooled 0.55, error 1.96 sqrt(0.55 * 0.45 * 2 / 100) = 0.1379.
TEST_CASE("a gate that passes placebos nearly as often decides nothing, and is told so") {
  const auto trial = gate_trial({.passed = 60, .rejected = 40}, {.passed = 50, .undecided = 50});
  REQUIRE(trial);
  CHECK(trial->sampling_error == doctest::Approx(0.1379).epsilon(1e-3));
  CHECK_FALSE(trial->tells_apart());
  CHECK(gate_words(*trial).find("a gate that passes both alike decides nothing") != std::string::npos);
}

TEST_CASE(
    "a gate that passes clearly more real candidates tells them apart, and one that passes fewer prefers "
    "placebos") {
  const Counts many{.passed = 80, .rejected = 20};
  const Counts few{.passed = 30, .rejected = 70};
  CHECK(gate_words(*gate_trial(many, few)).find("the gate tells the two apart") != std::string::npos);
  CHECK(gate_words(*gate_trial(few, many)).find("the gate prefers placebos") != std::string::npos);
}

TEST_CASE("what never reached the gate is not counted, and without candidates there is no trial") {
  const auto trial =
      gate_trial({.passed = 5, .rejected = 5, .skipped = 80, .failed = 10}, {.passed = 1, .rejected = 1});
  REQUIRE(trial);
  CHECK(trial->real_judged == 10);
  CHECK(trial->real_share == doctest::Approx(0.5));
  CHECK_FALSE(gate_trial({.passed = 5}, {.skipped = 5}));
}

TEST_CASE("a gate that passes everything alike decides nothing, though its sampling error is 0") {
  CHECK(gate_words(*gate_trial({.passed = 9}, {.passed = 7})).find("decides nothing") != std::string::npos);
}
