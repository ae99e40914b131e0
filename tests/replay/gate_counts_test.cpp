#include "replay/gate_counts.h"

#include <doctest/doctest.h>

#include "replay/lineage_tasks.h"

using namespace ctt;
using namespace ctt::replay;

namespace {

LineageRun lineage(Arm arm, std::vector<SlotOutcome> outcomes) {
  LineageRun made{.arm = arm};
  for (const auto outcome : outcomes) made.cycles.push_back({.outcome = outcome});
  return made;
}

}  // namespace

TEST_CASE("a gate that was tried is told by candidates and placebos of one parent, slot by slot") {
  auto gated = lineage(Arm::gated, {SlotOutcome::passed, SlotOutcome::passed, SlotOutcome::skipped});
  gated.cycles[0].placebo_outcome = SlotOutcome::rejected;
  gated.cycles[1].placebo_outcome = SlotOutcome::passed;
  const auto placebo = lineage(Arm::placebo, {SlotOutcome::passed, SlotOutcome::passed});
  const std::vector<const LineageRun*> ours{&gated}, placebos{&placebo};
  CHECK(gate_json(&ours, &ours, &placebos) ==
        R"({"real":{"passed":2,"rejected":0,"undecided":0,"skipped":1,"failed":0},)"
        R"("placebo":{"passed":1,"rejected":1,"undecided":0,"skipped":1,"failed":0},"same_parent":true})");
}

TEST_CASE("without a trial the chains of the arms stand side by side, and a missing arm is null") {
  const auto always = lineage(Arm::always, {SlotOutcome::passed, SlotOutcome::failed});
  const std::vector<const LineageRun*> real{&always};
  CHECK(
      gate_json(nullptr, &real, nullptr) ==
      R"({"real":{"passed":1,"rejected":0,"undecided":0,"skipped":0,"failed":1},"placebo":null,"same_parent":false})");
}

TEST_CASE("only a gate that compares is tried, and only beside an arm of placebos") {
  const auto tried = [](const char* arms, schedule::Gate gate) {
    ReplaySettings settings;
    settings.arms = parse_arms(arms);
    settings.tuning.config.gate = gate;
    std::string names;
    for (const auto& task : tasks_of(settings, {SeedBase()}))
      if (task.tries_gate) names += name(task.arm);
    return names;
  };
  CHECK(tried("never,always,gated,placebo", schedule::Gate::strict) == "gated");
  CHECK(tried("never,always,gated", schedule::Gate::strict).empty());
  CHECK(tried("gated,placebo", schedule::Gate::basic).empty());
}
