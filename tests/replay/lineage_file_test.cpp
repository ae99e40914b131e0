#include "replay/lineage_file.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "desk.h"
#include "market/snapshot.h"
#include "replay/lineage_batch.h"

namespace ctt::replay {

namespace {

LineageRun example(Desk& desk, Arm arm = Arm::always) {
  DeskCache cache(desk);
  return run_lineage(desk.task(arm), MarketHistory(desk.candles(), false), cache.trainings, {});
}

}  // namespace

TEST_CASE("a lineage comes back from its file to the last bit") {
  Desk desk;
  auto lineage = example(desk);
  REQUIRE_FALSE(lineage.cycles.empty());
  REQUIRE_FALSE(lineage.account.times.empty());
  lineage.cycles[0].reason = "a reason with \"quotes\"";
  lineage.fills.push_back(
      {.decided_at = lineage.account.times[0],
       .filled_at = lineage.account.times[1],
       .trade = {.side = market::Side::sell, .price = 0.1 + 0.2, .quantity = 1e-17, .cash = 3},
       .decision_close = 1.0 / 3,
       .spread = 5e-324,
       .model_version = 7});
  const auto bytes = encode(lineage);
  const auto read = decode_lineage(bytes, "file");
  CHECK(encode(read) == bytes);
  CHECK(read.account.equity == lineage.account.equity);
  CHECK(read.fills.back().trade.price == lineage.fills.back().trade.price);
  CHECK(read.fills.back().spread == 5e-324);
  CHECK(read.cycles[0].slot == lineage.cycles[0].slot);
  CHECK(read.cycles[0].oos_pct == lineage.cycles[0].oos_pct);
}

TEST_CASE("a file of a lineage that lost or changed a byte is refused by name") {
  Desk desk;
  const auto bytes = encode(example(desk, Arm::hold));
  auto changed = bytes;
  changed[changed.size() / 2] ^= 1;
  for (const auto& damaged : {changed, bytes.substr(0, bytes.size() - 1), std::string()})
    CHECK_THROWS_WITH_AS(decode_lineage(damaged, "lineages/3"),
                         doctest::Contains("lineages/3 is not what was"), base::Error);
}

TEST_CASE("a lineage that is run from a batch, without database and state directory, is the same") {
  Desk desk;
  const auto settings = desk.settings();
  const auto folder = desk.scratch / "batch";
  const auto candles = desk.scratch / "candles.csv";
  base::write_file_atomically(candles, market::encode_snapshot({.series = desk.candles(), .defects = {}}));
  const auto task = desk.task(Arm::always);
  const LineageBatch batch{
      .settings = settings,
      .bases = {{.request = {}, .parent = task.base, .base_seed = task.tuning.base_seed}},
      .learner_command = "",
      .deadline = std::chrono::seconds(60)};
  batch.write(folder, desk.home, candles);
  const auto read = LineageBatch::read(folder);
  const auto tasks = tasks_of(read.settings, read.bases);
  const auto found =
      std::ranges::find_if(tasks, [](const LineageTask& one) { return one.arm == Arm::always; });
  const auto index = static_cast<std::size_t>(found - tasks.begin());
  run_batch_lineage(folder, index, read, desk.context().launch);
  const auto file = lineage_file(folder, index);
  auto run = decode_lineage(base::read_file(file), file.string());
  CHECK(encode(run) == encode(example(desk)));
  CHECK_THROWS_WITH_AS(run_batch_lineage(folder, 99, read, desk.context().launch),
                       doctest::Contains("there is no 99"), base::Error);
}

TEST_CASE("a batch of another version of ctt is refused before any work") {
  Desk desk;
  const auto folder = desk.scratch / "batch";
  base::make_directory(folder);
  base::write_file_atomically(
      folder / "batch.json",
      R"({"format":"ctt.replay.batch/1","ctt_version":"0.0.9","settings":{},"bases":[]})");
  CHECK_THROWS_WITH_AS(LineageBatch::read(folder), doctest::Contains("was written by ctt 0.0.9"),
                       base::Error);
}

}  // namespace ctt::replay
