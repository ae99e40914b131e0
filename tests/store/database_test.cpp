#include "store/database.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/files.h"
#include "store/connection.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Access;
using store::Database;

namespace {

std::string pragma_text(Database& database, const std::string& name) {
  return database.connection().sqlite().execAndGet("PRAGMA " + name).getString();
}

unsigned mode_of(const std::filesystem::path& file) {
  struct stat status {};
  ::stat(file.c_str(), &status);
  return status.st_mode & 0777U;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("a new database is private, logs ahead, flushes every commit and never checkpoints by itself") {
  const support::Scratch scratch;
  Database database(scratch / "ctt.db");

  CHECK(mode_of(scratch / "ctt.db") == 0600);
  CHECK(mode_of(scratch / "ctt.db.lock") == 0600);
  CHECK(mode_of(scratch / "ctt.db-wal") == 0600);
  CHECK(database.schema() == store::schema_version());
  CHECK(pragma_text(database, "journal_mode") == "wal");
  CHECK(pragma_text(database, "synchronous") == "2");
  CHECK(pragma_text(database, "foreign_keys") == "1");
  CHECK(pragma_text(database, "busy_timeout") == "5000");
  CHECK(pragma_text(database, "wal_autocheckpoint") == "0");
  CHECK(database.check().empty());
}

TEST_CASE("only a relaxed change is not flushed, however it ends, and others read it like any") {
  Ledger ledger;
  const auto relaxed = base::Durability::relaxed;
  {
    store::Transaction change(ledger.database, relaxed);
    CHECK(pragma_text(ledger.database, "synchronous") == "1");
    store::packs::insert(change, pack("kept"));
    change.commit();
  }
  CHECK(pragma_text(ledger.database, "synchronous") == "2");
  { const store::Transaction abandoned(ledger.database, relaxed); }
  CHECK(pragma_text(ledger.database, "synchronous") == "2");
  Database other(ledger.scratch / "ctt.db", store::Access::read_only);
  CHECK(store::packs::find(other, "kept"));
}

TEST_CASE("what one connection commits, the next one reads") {
  const support::Scratch scratch;
  {
    Database database(scratch / "ctt.db");
    change(database, [](store::Transaction& t) { store::packs::insert(t, pack("quick")); });
  }
  Database again(scratch / "ctt.db", Access::read_only);
  CHECK(store::packs::get(again, "quick").config == R"({"lr":5e-05})");
}

TEST_CASE("closing the last connection leaves the log to the next writer") {
  const support::Scratch scratch;
  { Database database(scratch / "ctt.db"); }
  CHECK(std::filesystem::file_size(scratch / "ctt.db-wal") > 0);

  Database database(scratch / "ctt.db");
  CHECK(database.checkpoint());
  CHECK(std::filesystem::file_size(scratch / "ctt.db-wal") == 0);
  CHECK(database.check().empty());
}

TEST_CASE("another SQLite program that comes and goes does not take the log from under us") {
  support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  Database writer(file);
  Database second(file);
  Database reader(file, Access::read_only);
  const auto note = [&] {
    sample::change(writer, [](store::Transaction& change) {
      store::events::append(
          change, {.seq = 0, .ts = sample::kNoon, .type = "note", .schedule_id = {}, .cycle_number = {}});
    });
  };
  note();
  const auto visit = fmt::format("sqlite3 {} 'SELECT count(*) FROM events' >/dev/null", file.string());
  REQUIRE(std::system(visit.c_str()) == 0);
  note();
  CHECK(store::events::last_seq(reader) == 2);
  CHECK(store::events::last_seq(second) == 2);
  Database fresh(file, Access::read_only);
  CHECK(store::events::last_seq(fresh) == 2);
}

TEST_CASE("the log is emptied by the commit that finds it large") {
  const support::Scratch scratch;
  Database database(scratch / "ctt.db");
  auto big = pack("big");
  big.config = fmt::format("\"{}\"", std::string(5 << 20, 'x'));  // more than the 4 MiB allowed
  change(database, [&](store::Transaction& t) { store::packs::insert(t, big); });

  CHECK(std::filesystem::file_size(scratch / "ctt.db-wal") == 0);
  CHECK(std::filesystem::file_size(scratch / "ctt.db") > (5U << 20));
}

TEST_CASE("a reader in the way of an emptied log is not waited for") {
  const support::Scratch scratch;
  Database writer(scratch / "ctt.db"), reader(scratch / "ctt.db", Access::read_only);
  const store::ReadTransaction view(reader);
  CHECK(store::packs::list(reader).empty());
  change(writer, [](store::Transaction& t) { store::packs::insert(t, pack("quick")); });

  CHECK_FALSE(writer.checkpoint());
  CHECK(store::packs::list(reader).empty());  // its view did not move
}

TEST_CASE("a newer database is refused, both numbers named, and left as it is") {
  const support::Scratch scratch;
  { Database database(scratch / "ctt.db"); }
  {
    SQLite::Database raw((scratch / "ctt.db").string(), SQLite::OPEN_READWRITE);
    raw.exec(fmt::format("PRAGMA user_version={}", store::schema_version() + 7));
  }
  const auto before = support::read(scratch / "ctt.db");
  for (const auto access : {Access::read_write, Access::read_only}) {
    const auto error = caught([&] { Database refused(scratch / "ctt.db", access); });
    CHECK(error.exit_status == 8);
    CHECK(
        error.sentence ==
        fmt::format(
            "the database {} has schema {}, and this ctt knows schemas up to {}; install the newer ctt that "
            "wrote it",
            (scratch / "ctt.db").string(), store::schema_version() + 7, store::schema_version()));
  }
  CHECK(support::read(scratch / "ctt.db") == before);
  CHECK_FALSE(std::filesystem::exists(scratch / "backups"));
}

TEST_CASE("a file that is no database is refused and left as it is") {
  const support::Scratch scratch;
  support::write(scratch / "ctt.db", "symbol,price\nBTC/USD,1\n");
  const auto error = caught([&] { Database refused(scratch / "ctt.db"); });
  CHECK(error.exit_status == 8);
  CHECK(error.sentence == fmt::format("{} is not a database", (scratch / "ctt.db").string()));
  CHECK(support::read(scratch / "ctt.db") == "symbol,price\nBTC/USD,1\n");
}

TEST_CASE("a database of 0 bytes has lost its content and is not taken for a new one") {
  const support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  { Database database(file); }
  const auto log = support::read(file.string() + "-wal");
  support::write(file, "");
  for (const auto access : {Access::read_write, Access::read_only}) {
    const auto error = caught([&] { Database refused(file, access); });
    CHECK(error.exit_status == 8);
    CHECK(error.sentence ==
          fmt::format("the database {} is damaged: it has 0 bytes, its content is gone", file.string()));
    CHECK(error.fix == "ctt db restore --help");
  }
  CHECK(support::read(file).empty());
  CHECK(support::read(file.string() + "-wal") == log);
}

TEST_CASE("a making that ended early is taken up by the next, and leaves nothing of 0 bytes") {
  const support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  SUBCASE("before the database had its name") {
    support::write(scratch / ".tmp-999999999-ctt.db-aB3dE6", "");
  }
  SUBCASE("before its first table") {
    SQLite::Database first(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    first.exec(fmt::format("PRAGMA application_id={}", store::kApplicationId));
  }
  Database database(file);
  CHECK(database.schema() == store::schema_version());
  CHECK(database.check().empty());
}

TEST_CASE("a damaged database keeps the log that belongs to it when it is refused") {
  const support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  {
    Database database(file);
    database.checkpoint();
    change(database, [](store::Transaction& t) { store::packs::insert(t, pack("quick")); });
  }
  const auto log = support::read(file.string() + "-wal");
  REQUIRE(!log.empty());
  auto bytes = support::read(file);
  bytes.replace(0, 64, std::string(64, 'x'));
  support::write(file, bytes);
  (void)caught([&] { Database database(file); });
  CHECK(support::read(file) == bytes);
  CHECK(support::read(file.string() + "-wal") == log);
}

TEST_CASE("a database of another program is refused and left as it is") {
  const support::Scratch scratch;
  {
    SQLite::Database raw((scratch / "ctt.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    raw.exec("CREATE TABLE recipes (name)");
  }
  const auto before = support::read(scratch / "ctt.db");
  const auto error = caught([&] { Database refused(scratch / "ctt.db"); });
  CHECK(error.exit_status == 8);
  CHECK(error.sentence.ends_with("is a database of another program"));
  CHECK(support::read(scratch / "ctt.db") == before);
}

TEST_CASE("a damaged database is an integrity failure, not a crash") {
  const support::Scratch scratch;
  {
    Database database(scratch / "ctt.db");
    database.checkpoint();
  }
  auto bytes = support::read(scratch / "ctt.db");
  for (std::size_t i = 100; i < bytes.size(); ++i) bytes[i] = 'x';
  std::filesystem::remove(scratch / "ctt.db-wal");
  std::filesystem::remove(scratch / "ctt.db-shm");
  support::write(scratch / "ctt.db", bytes);
  const auto error = caught([&] { Database database(scratch / "ctt.db"); });
  CHECK(error.exit_status == 8);
}

TEST_CASE("reading asks for a database that is there") {
  const support::Scratch scratch;
  const auto error = caught([&] { Database refused(scratch / "ctt.db", Access::read_only); });
  CHECK(error.exit_status == 3);
  CHECK(error.fix == "ctt init");
  CHECK(names_in(scratch.path()).empty());
}

TEST_CASE("a place that cannot be written is named") {
  const support::Scratch scratch;
  SUBCASE("no such folder") {
    const auto error = caught([&] { Database refused(scratch / "missing" / "ctt.db"); });
    CHECK(error.exit_status == 1);
    CHECK(error.sentence.starts_with("cannot write the database "));
    CHECK(error.sentence.ends_with("No such file or directory"));
  }
  SUBCASE("no permission") {
    { Database database(scratch / "ctt.db"); }
    ::chmod((scratch / "ctt.db").c_str(), 0444);
    ::chmod(scratch.path().c_str(), 0555);
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);  // permissions do not bind root
    const auto error = caught([&] { Database refused(scratch / "ctt.db"); });
    if (root) REQUIRE(::seteuid(0) == 0);
    ::chmod(scratch.path().c_str(), 0755);
    CHECK(error.exit_status == 1);
    CHECK(error.sentence.find((scratch / "ctt.db").string()) != std::string::npos);
  }
}

TEST_CASE("a read-only connection changes nothing") {
  Ledger ledger;
  Database reader(ledger.scratch / "ctt.db", Access::read_only);
  CHECK_THROWS_AS(store::Transaction{reader}, std::invalid_argument);
}

TEST_CASE("the data version moves with the commits of others") {
  const support::Scratch scratch;
  Database writer(scratch / "ctt.db"), reader(scratch / "ctt.db", Access::read_only);
  const auto before = reader.data_version();
  CHECK(reader.data_version() == before);
  change(writer, [](store::Transaction& t) { store::packs::insert(t, pack("quick")); });
  CHECK(reader.data_version() != before);
}

}  // namespace ctt
