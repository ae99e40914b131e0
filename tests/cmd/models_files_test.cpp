#include "cmd/models/deploy.h"
#include "cmd/models/export.h"
#include "cmd/models/prune.h"
#include "cmd/models/rollback.h"
#include "cmd/models/verify.h"

#include "base/files.h"
#include "cmd/cycle/cancel.h"
#include "cmd/models/deploy.h"
#include "store/cycle_journal.h"
#include "store/deployments.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

/// The base v1 and models v2 to v20 of schedule btc, with files that are no policies.
void fill(Desk& desk) {
  desk.change([&](store::Transaction& change) {
    sample::add_basics(change);
    store::schedules::insert(change, sample::schedule_row("btc"));
    for (int version = 2; version <= 20; ++version) {
      store::Model model;
      model.sha256 = fmt::format("{:064x}", version);
      model.origin = "cycle";
      model.parent_version = version - 1;
      model.schedule_id = "btc";
      model.published_at = sample::at("2026-11-23T06:00:00Z");
      base::write_file_atomically(desk.home.model(model.sha256), "x", 0400);
      store::models::publish(change, model);
    }
    store::schedules::set_current_model(change, "btc", 20, sample::kNoon);
  });
}

ModelsPrune prune(std::size_t keep) {
  ModelsPrune command;
  command.keep = keep;
  return command;
}

}  // namespace

TEST_CASE("more than ten models go only when their number is confirmed") {
  Desk desk;
  fill(desk);
  // v20 to v18 are kept, v17 is the parent of v18, v1 the base: v2 to v16 would go.
  CHECK(desk.would(prune(3)).find("remove the files of v2 v3 v4") != std::string::npos);
  CHECK(desk.refusal(prune(3), support::yes()).exit_status == 2);
  auto command = prune(3);
  command.confirm = 14;
  CHECK(desk.refusal(command).sentence == "--confirm says 14 models, and 15 would go");
  command.confirm = 15;
  CHECK(desk.json(command).at("pruned").as_array().size() == 15);
  CHECK(std::filesystem::exists(desk.home.model(fmt::format("{:064x}", 17))));
  CHECK_FALSE(std::filesystem::exists(desk.home.model(fmt::format("{:064x}", 16))));
  REQUIRE(desk.run(command) == 0);
  CHECK(desk.out() == "Nothing is pruned.\n");
}

TEST_CASE("a few models go after one yes") {
  Desk desk;
  fill(desk);
  CHECK(desk.refusal(prune(10)).exit_status == 2);  // nobody there to ask
  REQUIRE(desk.run(prune(10), support::yes()) == 0);
  CHECK(desk.out().starts_with("8 models lost their files"));
}

TEST_CASE("verify names every model whose file is not what the database says") {
  Desk desk;
  fill(desk);
  ModelsVerify command;
  CHECK(desk.refusal(command).exit_status == 2);  // which?
  command.model = "v3";
  auto answer = desk.json(command);
  CHECK(desk.last_status == 10);
  CHECK(answer.at("findings").as_array().size() == 1);
  command.model = {};
  command.all = true;
  CHECK(desk.json(command).at("findings").as_array().size() == 20);
}

TEST_CASE("a file that is no policy is neither deployed nor exported, and the desired model stays") {
  Desk desk;
  fill(desk);
  ModelsDeploy deploy;
  deploy.model = "v2";
  CHECK(desk.refusal(deploy).exit_status == 3);  // the base has no file to compare with
  ModelsExport command;
  command.model = "v2";
  command.output = (desk.scratch / "v2.safetensors").string();
  CHECK(desk.refusal(command).exit_status == 8);
  CHECK_FALSE(std::filesystem::exists(command.output));
  CHECK_FALSE(desk.look([](auto& database) { return store::deployments::desired(database, "btc"); }));
  ModelsRollback rollback;
  CHECK(desk.refusal(rollback).exit_status == 3);  // nothing served before
}

TEST_CASE("a cycle whose process is gone is not cancelled but closed by the next run") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    sample::add_basics(change);
    store::schedules::insert(change, sample::schedule_row("btc"));
    store::cycles::claim(
        change,
        {.schedule_id = "btc", .slot_at = sample::kNoon, .pid = 1, .process = "x", .parent_model_version = 1},
        sample::kNoon);
  });
  CycleCancel command;
  command.number = 1;
  const auto refusal = desk.refusal(command);
  CHECK(refusal.exit_status == 5);
  CHECK(refusal.fix == "ctt cycle run");
  desk.change([](store::Transaction& change) { store::cycles::cancel(change, 1, "test", sample::kNoon); });
  CHECK_FALSE(desk.json(command).boolean("asked", true));
}
