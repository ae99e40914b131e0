#include "cmd/db.h"

#include <fstream>

#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

std::size_t packs_in(Desk& desk) {
  return desk.look([](store::Database& database) { return store::packs::list(database).size(); });
}

void add_pack(Desk& desk) { desk.change(sample::add_basics); }

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

TEST_CASE("a new state directory passes the check, one with a stray file does not") {
  Desk desk;
  CHECK(desk.run(DbCheck{}) == 0);
  std::ofstream(desk.home.snapshots() / "stray") << "?";
  CHECK(desk.run(DbCheck{}) == 10);
  CHECK(desk.out().find("no row names") != std::string::npos);
  CHECK(desk.json(DbStatus{}).integer("schema_version") == store::schema_version());
}
