#include "store/restore.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include "store/connection.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Access;
using store::Database;

namespace {

std::vector<std::string> beginning_with(const std::filesystem::path& folder, std::string_view letters) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    auto name = entry.path().filename().string();
    if (name.starts_with(letters)) names.push_back(std::move(name));
  }
  return names;
}

void overwrite(const std::filesystem::path& file, std::size_t from, std::size_t bytes) {
  auto text = support::read(file);
  REQUIRE(text.size() > from);
  text.replace(from, bytes, std::string(bytes, 'x'));
  support::write(file, text);
}

}  // namespace

TEST_CASE("a backup is one private file that restores what was there") {
  Ledger ledger;
  ledger.database.back_up(ledger.scratch / "copy.db");
  struct stat status {};
  ::stat((ledger.scratch / "copy.db").c_str(), &status);
  CHECK((status.st_mode & 0777U) == 0600);
  CHECK_FALSE(std::filesystem::exists(ledger.scratch / "copy.db-wal"));
  change(ledger.database, [](store::Transaction& t) { store::packs::insert(t, pack("later")); });

  Database other(ledger.scratch / "ctt.db", Access::read_only);
  CHECK(store::packs::find(other, "later"));
  CHECK_FALSE(store::restore(ledger.scratch / "ctt.db", ledger.scratch / "copy.db"));

  CHECK_FALSE(store::packs::find(ledger.database, "later"));
  CHECK(store::schedules::get(ledger.database, "btc").dataset_id == "btc-1h");
  CHECK_FALSE(store::packs::find(other, "later"));  // who had it open sees it too
  CHECK(ledger.database.check().empty());
  change(ledger.database, [](store::Transaction& t) { store::packs::insert(t, pack("after")); });
}

TEST_CASE("what is no backup is not restored") {
  Ledger ledger;
  const auto status_of = [&](const char* backup) {
    return caught([&] { (void)store::restore(ledger.scratch / "ctt.db", ledger.scratch / backup); })
        .exit_status;
  };
  CHECK(status_of("none.db") == 3);
  support::write(ledger.scratch / "text.db", "this is a text that is not a database at all");
  CHECK(status_of("text.db") == 8);
  {
    SQLite::Database((ledger.scratch / "other.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE t (x)");
  }
  CHECK(status_of("other.db") == 8);
  ledger.database.back_up(ledger.scratch / "newer.db");
  SQLite::Database((ledger.scratch / "newer.db").string(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version=99");
  CHECK(status_of("newer.db") == 8);
  CHECK(store::schedules::get(ledger.database, "btc").id == "btc");
  CHECK(beginning_with(ledger.scratch.path(), ".tmp-").empty());
}

// What is there before: how it is damaged, and whether a file of it is kept.
TEST_CASE("a backup comes back whatever state the present database is in, and that is kept") {
  const support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  {
    Ledger ledger;
    ledger.database.back_up(scratch / "copy.db");
    ledger.database.back_up(file);
  }
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  bool kept = true;
  SUBCASE("its first bytes are overwritten") { overwrite(file, 0, 64); }
  SUBCASE("a page in its middle is overwritten") { overwrite(file, 4096 * 3, 4096); }
  SUBCASE("it has 0 bytes") { support::write(file, ""); }
  SUBCASE("it is newer") {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version=99");
  }
  SUBCASE("it is missing") {
    std::filesystem::remove(file);
    kept = false;
  }
  const auto before = kept ? support::read(file) : "";

  const auto aside = store::restore(file, scratch / "copy.db");
  CHECK(aside.has_value() == kept);
  if (aside) {
    CHECK(aside->filename().string().starts_with("ctt.db.damaged-"));
    CHECK(support::read(*aside).size() == before.size());
  }
  Database restored(file);
  CHECK(store::schedules::get(restored, "btc").dataset_id == "btc-1h");
  CHECK(restored.check().empty());
  CHECK(beginning_with(scratch.path(), ".tmp-").empty());
  change(restored, [](store::Transaction& t) { store::packs::insert(t, pack("after")); });
}

TEST_CASE("a log goes aside with its database instead of being played into the restored one") {
  const support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  {
    Database present(file);
    change(present, [](store::Transaction& t) { store::packs::insert(t, pack("early")); });
    present.back_up(scratch / "copy.db");
    change(present, [](store::Transaction& t) { store::packs::insert(t, pack("late")); });
  }
  const auto log = support::read(scratch / "ctt.db-wal");
  REQUIRE(!log.empty());
  SUBCASE("the database is gone") { std::filesystem::remove(file); }
  SUBCASE("the database has 0 bytes") { support::write(file, ""); }

  const auto aside = store::restore(file, scratch / "copy.db");
  REQUIRE(aside);
  CHECK(support::read(aside->string() + "-wal") == log);
  Database restored(file);
  CHECK(store::packs::find(restored, "early"));
  CHECK_FALSE(store::packs::find(restored, "late"));
}

TEST_CASE("a backup with an older schema is restored with the newest") {
  const support::Scratch scratch;
  { Database first(scratch / "old.db", Access::read_write, store::migrations().first(1)); }
  { Database present(scratch / "ctt.db"); }
  CHECK_FALSE(store::restore(scratch / "ctt.db", scratch / "old.db"));
  Database restored(scratch / "ctt.db", Access::read_only);
  CHECK(restored.schema() == store::schema_version());
}

TEST_CASE("a backup that cannot be brought up to date leaves the present database alone") {
  Ledger ledger;
  {
    // It says schema 1 and lacks its tables.
    SQLite::Database empty((ledger.scratch / "odd.db").string(),
                           SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    empty.exec(fmt::format("PRAGMA application_id={}; PRAGMA user_version=1", store::kApplicationId));
  }
  const auto error =
      caught([&] { (void)store::restore(ledger.scratch / "ctt.db", ledger.scratch / "odd.db"); });
  CHECK(error.exit_status == 8);
  CHECK(store::schedules::get(ledger.database, "btc").id == "btc");
}

TEST_CASE("a backup does not overwrite a file") {
  Ledger ledger;
  support::write(ledger.scratch / "copy.db", "mine");
  CHECK(caught([&] { ledger.database.back_up(ledger.scratch / "copy.db"); }).exit_status == 2);
  CHECK(support::read(ledger.scratch / "copy.db") == "mine");
}

}  // namespace ctt
