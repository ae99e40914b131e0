#include "cmd/db/backup.h"
#include "cmd/db/check.h"
#include "cmd/db/prune.h"
#include "cmd/db/restore.h"
#include "cmd/db/status.h"

#include <unistd.h>

#include <fstream>

#include "base/files.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

std::size_t packs_in(Desk& desk) {
  return desk.look([](store::Database& database) { return store::packs::list(database).size(); });
}

void add_pack(Desk& desk) { desk.change(sample::add_basics); }

// Its log too, which would hold all of a new database.
void damage(Desk& desk) {
  std::filesystem::remove(desk.home.database().string() + "-wal");
  support::write(desk.home.database(), "this is a text that is not a database at all");
}

std::string back_up(Desk& desk) {
  DbBackup backup;
  backup.file = (desk.scratch / "copy.db").string();
  REQUIRE(desk.run(backup) == 0);
  return backup.file;
}

}  // namespace

TEST_CASE("what was backed up comes back, and what came after it is gone") {
  Desk desk;
  const auto packs = packs_in(desk);
  DbBackup backup;
  backup.file = (desk.scratch / "copy.db").string();
  CHECK(desk.run(backup) == 0);
  add_pack(desk);
  REQUIRE(packs_in(desk) > packs);

  DbRestore restore;
  restore.file = backup.file;
  CHECK(desk.would(restore).find("copy.db") != std::string::npos);
  CHECK(desk.refusal(restore).exit_status == 2);
  restore.confirm = "ctt.db";
  CHECK(desk.run(restore) == 0);
  CHECK(packs_in(desk) == packs);
}

TEST_CASE("a backup never replaces a file, and what is no backup is refused") {
  Desk desk;
  DbBackup backup;
  backup.file = (desk.scratch / "copy.db").string();
  std::ofstream(backup.file) << "something of mine";
  CHECK(desk.refusal(backup).exit_status == 2);
  DbRestore restore;
  restore.file = backup.file;
  restore.confirm = "ctt.db";
  CHECK(desk.refusal(restore).exit_status == 8);
}

TEST_CASE("a dry run of a restore names what would end it") {
  Desk desk;
  Globals dry_run;
  dry_run.dry_run = true;
  DbRestore restore;
  restore.file = (desk.scratch / "none.db").string();
  CHECK(desk.refusal(restore, dry_run).exit_status == 3);
  restore.file = (desk.scratch / "text.db").string();
  std::ofstream(restore.file) << "this is a text that is not a database at all";
  CHECK(desk.refusal(restore, dry_run).exit_status == 8);
}

TEST_CASE("a restore mends a damaged or a missing database, and says where the damaged one is") {
  Desk desk;
  DbRestore restore;
  restore.file = back_up(desk);
  restore.confirm = "ctt.db";
  SUBCASE("damaged") {
    damage(desk);
    const auto aside = desk.json(restore).string("set_aside");
    CHECK(support::read(aside).starts_with("this is a text"));
    CHECK(aside.find("ctt.db.damaged-") != std::string::npos);
  }
  SUBCASE("damaged, in words") {
    damage(desk);
    CHECK(desk.run(restore) == 0);
    CHECK(desk.out().find("is kept in " + desk.home.database().string() + ".damaged-") != std::string::npos);
  }
  SUBCASE("missing, with all of its directory") {
    std::filesystem::remove_all(desk.home.root);
    CHECK(desk.run(restore) == 0);
    CHECK(desk.out().find("is kept in") == std::string::npos);
  }
  CHECK(desk.run(DbCheck{}) == 0);
}

TEST_CASE(
    "nothing is restored under a training or a trader, damaged or not, and the sentence names who runs") {
  Desk desk;
  DbRestore restore;
  restore.file = back_up(desk);
  restore.confirm = "ctt.db";
  SUBCASE("the database is sound") {}
  SUBCASE("the database is damaged") { damage(desk); }
  const auto before = support::read(desk.home.database());
  for (const auto& [file, command] :
       {std::pair{desk.home.training_lock(), "ctt train"}, {desk.home.trader_lock("btc"), "ctt trade"}}) {
    const auto running = base::FileLock::try_acquire(file, command);
    REQUIRE(running);
    Globals dry_run;
    dry_run.dry_run = true;
    for (const auto& globals : {Globals{}, dry_run}) {
      const auto refused = desk.refusal(restore, globals);
      CHECK(refused.exit_status == 75);
      CHECK(refused.sentence.find(fmt::format("pid {}, {}, since", ::getpid(), command)) !=
            std::string::npos);
    }
  }
  CHECK(support::read(desk.home.database()) == before);
  CHECK(desk.run(restore) == 0);
}

TEST_CASE(
    "a year of events is counted by a dry run, dropped by a prune, and kept where the setting says so") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    for (int i = 0; i < 5; ++i)
      store::events::append(change, {.ts = sample::kNoon - std::chrono::days(100),
                                     .type = "live_halt_change",
                                     .schedule_id = {},
                                     .cycle_number = {},
                                     .payload = "{}"});
  });
  const auto kept = [&] {
    return desk.look([](store::Database& database) { return store::events::since(database, 0).size(); });
  };
  const auto all = kept();
  CHECK(desk.would(DbPrune{}).find("and 5 events") != std::string::npos);
  CHECK(kept() == all);
  support::write(desk.scratch / "config.toml", "[retention]\nevents = \"0d\"\n");
  CHECK(desk.json(DbPrune{}).integer("events") == 0);
  support::write(desk.scratch / "config.toml", "[retention]\nevents = \"30d\"\n");
  CHECK(desk.json(DbPrune{}).integer("events") == 5);
  CHECK(kept() == all - 5);
  CHECK(desk.run(DbPrune{}) == 0);
  CHECK(desk.out().find("Nothing is old enough") != std::string::npos);
  CHECK(desk.run(DbCheck{}) == 0);
}

TEST_CASE("a new state directory passes the check, one with a stray file does not") {
  Desk desk;
  CHECK(desk.run(DbCheck{}) == 0);
  std::ofstream(desk.home.snapshots() / "stray") << "?";
  CHECK(desk.run(DbCheck{}) == 10);
  CHECK(desk.out().find("no row names") != std::string::npos);
  CHECK(desk.json(DbStatus{}).integer("schema_version") == store::schema_version());
}
