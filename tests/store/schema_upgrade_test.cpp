#include <SQLiteCpp/SQLiteCpp.h>

#include <array>

#include "store/connection.h"
#include "store/migrations.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Access;
using store::Database;
using store::Migration;

namespace {

constexpr std::array kOne{
    Migration{1, "notes", "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('first')"}};
constexpr std::array kTwo{kOne[0],
                          Migration{2, "a date", "ALTER TABLE notes ADD COLUMN day INTEGER DEFAULT 7"}};
constexpr std::array kBroken{kOne[0],
                             Migration{2, "a date", "ALTER TABLE notes ADD COLUMN day; DROP TABLE absent"}};

std::vector<std::filesystem::path> backups_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(folder / "backups")) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "backups"))
    files.push_back(entry.path());
  return files;
}

std::int64_t number(Database& database, const char* sql) {
  return database.connection().sqlite().execAndGet(sql).getInt64();
}

}  // namespace

TEST_CASE("an older database is brought up to date after a backup of what it was") {
  const support::Scratch scratch;
  { Database first(scratch / "ctt.db", Access::read_write, kOne); }
  CHECK(backups_in(scratch.path()).empty());  // an empty file had nothing to keep

  Database second(scratch / "ctt.db", Access::read_write, kTwo);
  CHECK(second.schema() == 2);
  CHECK(number(second, "SELECT day FROM notes WHERE text = 'first'") == 7);

  const auto backups = backups_in(scratch.path());
  REQUIRE(backups.size() == 1);
  CHECK(backups[0].filename().string().starts_with("ctt-schema1-"));
  SQLite::Database kept(backups[0].string());
  CHECK(kept.execAndGet("PRAGMA user_version").getInt64() == 1);
  CHECK(kept.execAndGet("SELECT text FROM notes").getString() == "first");
}

TEST_CASE("a step that fails leaves the schema before it, and says where the backup is") {
  const support::Scratch scratch;
  { Database first(scratch / "ctt.db", Access::read_write, kOne); }
  const auto error = caught([&] { Database second(scratch / "ctt.db", Access::read_write, kBroken); });
  CHECK(error.exit_status == 8);
  CHECK(error.sentence.find("stays at schema 1: step 2 (a date) failed: no such table: absent") !=
        std::string::npos);

  Database still(scratch / "ctt.db", Access::read_write, kOne);
  CHECK(number(still, "SELECT count(*) FROM pragma_table_info('notes')") == 1);
}

TEST_CASE("a trader that was halted under the first schema is halted under the newest") {
  const support::Scratch scratch;
  {
    Database first(scratch / "ctt.db", Access::read_write, store::migrations().first(1));
    auto& sqlite = first.connection().sqlite();
    sqlite.exec("PRAGMA foreign_keys=OFF");
    for (const auto* row :
         {"'btc', 'btc', 'idle', 'e', 'd', 'p', '{}', NULL, NULL, 0, NULL, NULL, NULL, NULL, "
          "0, NULL, 0, 1000, 'drawdown', 1, 1",
          "'eth', 'eth', 'idle', 'e', 'd', 'p', '{}', NULL, NULL, 0, NULL, NULL, NULL, NULL, "
          "0, NULL, 0, NULL, NULL, 1, 1"}) {
      sqlite.exec(fmt::format("INSERT INTO continuous_training_schedules VALUES ({})", row));
    }
    sqlite.exec(
        "INSERT INTO experiments VALUES ('e', 'e', '', 'completed', 1, 1, '{}', NULL, '[]', NULL, NULL, "
        "NULL, "
        "NULL, NULL, 0, NULL, 1);"
        "INSERT INTO dataset_configs VALUES ('d', 'd', '', 'csv', '{}', '[]', '{}', 1, 1);"
        "INSERT INTO hyperparameter_packs VALUES ('p', 'p', '', '{}', 1, 1)");
  }
  Database now(scratch / "ctt.db");
  const auto halted = store::schedules::get(now, "btc");
  CHECK(halted.halted());
  CHECK(halted.trader_state_reason == "drawdown");
  CHECK(store::schedules::get(now, "eth").trader_state == store::TraderState::active);
}

TEST_CASE("reading an older database asks for the migration instead of doing it") {
  const support::Scratch scratch;
  { Database first(scratch / "ctt.db", Access::read_write, kOne); }
  const auto error = caught([&] { Database second(scratch / "ctt.db", Access::read_only, kTwo); });
  CHECK(error.exit_status == 8);
  CHECK(error.fix == "ctt db migrate");
}

}  // namespace ctt
