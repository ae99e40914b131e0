#include "upkeep/check.h"

#include <sys/stat.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fstream>

#include "base/files.h"
#include "base/process.h"
#include "cycle/rig.h"
#include "store/connection.h"
#include "store/models.h"
#include "store/snapshots.h"

namespace ctt::upkeep {

using namespace ctt::cycle;

namespace {

/// A schedule that did one cycle.
struct Worked : Rig {
  Worked() {
    begin(config());
    run(context(), {.schedule_id = "s", .now = true, .deploy = true, .window_end = {}});
  }
  std::vector<std::string> check() { return check_state(context()); }
  void sql(const std::string& text) { database->connection().sqlite().exec(text); }
  std::string model(const std::string& version) { return store::models::get(*database, version).sha256; }
};

bool one_with(const std::vector<std::string>& findings, const std::string& words) {
  CAPTURE(findings.size());
  return findings.size() == 1 && findings.front().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("after a cycle everything holds") {
  Worked rig;
  REQUIRE(store::models::list(*rig.database).size() == 2);
  CHECK(rig.check().empty());
}

TEST_CASE("files that are gone, changed, left over or never finished are named") {
  Worked rig;
  const auto snapshot = store::snapshots::list(*rig.database).front().sha256;
  SUBCASE("a model that is gone") {
    std::filesystem::remove(rig.home.model(rig.model("v2")));
    CHECK(one_with(rig.check(), "v2: "));
  }
  SUBCASE("a snapshot with another byte") {
    const auto file = rig.home.snapshot(snapshot);
    ::chmod(file.c_str(), 0600);
    std::ofstream(file, std::ios::app) << 'x';
    CHECK(one_with(rig.check(), "has another hash"));
  }
  SUBCASE("a model without a row") {
    base::write_file_atomically(rig.home.model(std::string(64, 'e')), "?");
    CHECK(one_with(rig.check(), "no row names"));
  }
  SUBCASE("a file that a process which is gone was writing") {
    std::ofstream(rig.home.models() / ".tmp-999999999-x") << '?';
    CHECK(one_with(rig.check(), "was never finished"));
  }
  SUBCASE("a file whose writer is gone while another process has its pid") {
    const auto self = base::ProcessId::current();
    std::ofstream(rig.home.models() / fmt::format(".tmp-{}.{}-x", self.pid, self.start_ticks)) << '?';
    CHECK(rig.check().empty());  // it is being written
    std::ofstream(rig.home.models() / fmt::format(".tmp-{}.{}-x", self.pid, self.start_ticks - 1)) << '?';
    CHECK(one_with(rig.check(), "was never finished"));
  }
  SUBCASE("a job folder") {
    std::filesystem::create_directories(rig.home.jobs() / "exp-1");
    CHECK(one_with(rig.check(), "was left"));
  }
}

TEST_CASE("the next cycle clears away what was left, and keeps aside what was whole") {
  Worked rig;
  base::write_file_atomically(rig.home.model(std::string(64, 'e')), "?");
  std::ofstream(rig.home.models() / ".tmp-999999999-x") << '?';
  std::filesystem::create_directories(rig.home.jobs() / "exp-1");
  CHECK(rig.check().size() == 3);
  run(rig.context(), {.schedule_id = "s", .now = true, .deploy = true, .window_end = {}});
  CHECK(rig.check().empty());
  CHECK(std::filesystem::exists(rig.home.backups() / "unnamed" / (std::string(64, 'e') + ".safetensors")));
}

TEST_CASE("rows that contradict each other are named") {
  Worked rig;
  SUBCASE("a cycle that vanished") {
    rig.sql("PRAGMA foreign_keys=OFF; UPDATE cycles SET cycle_number = 3; PRAGMA foreign_keys=ON");
    const auto findings = rig.check();
    CHECK(findings.size() == 2);  // the numbers, and the events that belong to number 1
  }
  SUBCASE("an end that was told twice") {
    rig.sql(
        "INSERT INTO events (ts, type, schedule_id, cycle_number, payload) SELECT ts, type, schedule_id, "
        "cycle_number, payload FROM events WHERE type = 'continuous_cycle_complete'");
    CHECK(one_with(rig.check(), "2 complete"));
  }
  SUBCASE("two models at once") {
    rig.sql(
        "INSERT INTO deployments (schedule_id, model_version, sha256, cause, requested_at, confirmed_at) "
        "SELECT 's', version, sha256, 'manual', 0, 0 FROM models");
    CHECK(one_with(rig.check(), "2 models at once"));
  }
  SUBCASE("a cycle whose process is gone") {
    rig.sql(
        "UPDATE cycles SET status = 'running', finished_at = NULL, pid = 999999999; "
        "DELETE FROM events WHERE type LIKE 'continuous_cycle_complete'");
    CHECK(one_with(rig.check(), "process (pid 999999999) is gone"));
  }
}

}  // namespace ctt::upkeep
