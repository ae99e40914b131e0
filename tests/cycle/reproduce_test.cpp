#include "cycle/reproduce.h"

#include "rig.h"
#include "store/experiments.h"
#include "store/sample.h"

using namespace ctt;
using namespace ctt::cycle;

namespace {

const RunOptions kNow{.schedule_id = "s", .now = true, .deploy = true, .window_end = {}};

Reproduction again(Rig& rig, const store::Cycle& cycle, const std::filesystem::path& folder) {
  const auto lock = TrainingLock::try_acquire(rig.home, "test");
  return reproduce(rig.context(), *lock, cycle, folder, rig.context().launch);
}

}  // namespace

TEST_CASE("what an experiment was given is read back whole from its row and its candles") {
  Rig rig;
  rig.begin(Rig::config());
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  const auto experiment = store::experiments::get(*rig.database, *cycle.experiment_id);
  auto request = request_of(experiment, rig.home);
  CHECK(request.cycle_number == 1);
  CHECK(request.held_back == 20);
  CHECK(request.window.series.candles.size() - request.window.warm_up == 100);
  // Opened once more, the row says the same: nothing was lost on the way.
  request.experiment_id.clear();
  const auto copy = open_experiment(rig.context(), request);
  CHECK(store::experiments::get(*rig.database, copy).config == experiment.config);
}

TEST_CASE("a cycle is made again byte by byte, and nothing is recorded") {
  Rig rig;
  rig.begin(Rig::config());
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  const auto last = store::events::last_seq(*rig.database);
  const auto made = again(rig, cycle, rig.scratch / "again");
  CHECK(made.same());
  CHECK(made.made_sha256 == *cycle.candidate_sha256);
  CHECK(store::events::last_seq(*rig.database) == last);
  CHECK(std::filesystem::exists(rig.scratch / "again" / "checkpoint.safetensors"));
  CHECK(sample::caught([&] { again(rig, cycle, rig.scratch / "again"); }).exit_status == 2);  // it exists
}

TEST_CASE("without its parent's file, its candles or a completed training a cycle is not made again") {
  Rig rig;
  rig.begin(Rig::config());
  SUBCASE("parent") {
    const auto cycle = run(rig.context(), kNow).cycles.at(0);
    std::filesystem::remove(rig.home.model(store::models::get(*rig.database, "v1").sha256));
    CHECK(sample::caught([&] { again(rig, cycle, rig.scratch / "again"); }).exit_status == 3);
  }
  SUBCASE("candles") {
    const auto cycle = run(rig.context(), kNow).cycles.at(0);
    std::filesystem::remove(rig.home.snapshot(*cycle.snapshot_sha256));
    CHECK(sample::caught([&] { again(rig, cycle, rig.scratch / "again"); }).exit_status == 3);
  }
  SUBCASE("damaged candles") {
    const auto cycle = run(rig.context(), kNow).cycles.at(0);
    base::write_file_atomically(rig.home.snapshot(*cycle.snapshot_sha256), "x", 0400);
    CHECK(sample::caught([&] { again(rig, cycle, rig.scratch / "again"); }).exit_status == 8);
  }
  SUBCASE("training") {
    const Behaviour set("die");
    const auto cycle = run(rig.context(), kNow).cycles.at(0);
    CHECK(sample::caught([&] { again(rig, cycle, rig.scratch / "again"); }).exit_status == 5);
  }
  CHECK_FALSE(std::filesystem::exists(rig.scratch / "again"));
}

TEST_CASE(
    "a training goes on from its checkpoint with other random numbers, for what it has left or is given") {
  Rig rig;
  rig.begin(Rig::config());
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  const auto ended = store::experiments::get(*rig.database, *cycle.experiment_id);
  const auto refusal = sample::caught([&] { resume_of(rig.context(), ended, {}); });
  CHECK(refusal.exit_status == 2);  // nothing is left of its two iterations
  const auto request = resume_of(rig.context(), ended, 3);
  CHECK(request.iterations == 3);
  CHECK(request.parent_sha256 == *ended.checkpoint_sha256);
  CHECK(request.parent_experiment_id == ended.id);
  CHECK(request.learning_rate == doctest::Approx(0.0005));
  CHECK(request.seed != request_of(ended, rig.home).seed);
  CHECK(request.seed == resume_of(rig.context(), ended, 3).seed);
  CHECK_FALSE(request.cycle_number.has_value());
  CHECK(request.tags.empty());
}

TEST_CASE(
    "what goes on from a checkpoint keeps its weights, though the pack shrinks and perturbs a parent's") {
  Rig rig;
  {
    store::Transaction change(*rig.database);
    auto pack = store::packs::get(change, "p");
    pack.config.insert(1, R"("restore":"shrink_perturb",)");
    store::packs::update(change, pack);
    change.commit();
  }
  rig.begin(Rig::config());
  const auto cycle = run(rig.context(), kNow).cycles.at(0);
  const auto ended = store::experiments::get(*rig.database, *cycle.experiment_id);
  CHECK(request_of(ended, rig.home).pack.restore == training::Restore::shrink_perturb);
  CHECK(request_of(ended, rig.home).pack.restore_shrink == 0.8);
  CHECK(resume_of(rig.context(), ended, 3).pack.restore == training::Restore::exact);
}
