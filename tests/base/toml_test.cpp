#include "base/toml.h"

#include "base/error.h"
#include "support/scratch.h"

using namespace ctt::base;

TEST_CASE("settings of tables are spelled with dots and keep their place") {
  const ctt::support::Scratch scratch;
  const auto settings =
      read_toml(ctt::support::write(scratch / "c.toml", "color = \"never\"\n[learner]\nthreads = 2\n"));
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].key == "color");
  CHECK(settings[1].key == "learner.threads");
  CHECK(std::get<std::int64_t>(settings[1].value) == 2);
  CHECK(settings[1].line == 3);
}

TEST_CASE("a file that is not TOML is refused with line and column") {
  const ctt::support::Scratch scratch;
  const auto file = ctt::support::write(scratch / "c.toml", "color = \n");
  CHECK_THROWS_WITH_AS(read_toml(file), doctest::Contains("is not TOML at line 1, column"), Error);
  CHECK_THROWS_WITH_AS(read_toml(ctt::support::write(scratch / "d.toml", "list = [1]\n")),
                       doctest::Contains("\"list\" must be a number, a text or true or false"), Error);
}

TEST_CASE("each kind of a setting keeps its kind, in the order of the file") {
  const ctt::support::Scratch scratch;
  const auto settings = read_toml(
      ctt::support::write(scratch / "c.toml", "z = true\na = -3\n[t.u]\nratio = 0.5\nname = \"x # y\"\n"));
  REQUIRE(settings.size() == 4);
  CHECK(settings[0].key == "z");
  CHECK(std::get<bool>(settings[0].value));
  CHECK(std::get<std::int64_t>(settings[1].value) == -3);
  CHECK(settings[2].key == "t.u.ratio");
  CHECK(std::get<double>(settings[2].value) == 0.5);
  CHECK(std::get<std::string>(settings[3].value) == "x # y");
  CHECK(read_toml(ctt::support::write(scratch / "empty.toml", "# nothing\n")).empty());
  CHECK_THROWS_AS(read_toml(scratch / "absent.toml"), Error);
}

TEST_CASE("a setting is changed where it stands, and all else stays") {
  const std::string text = "# mine\ncolor = \"never\"  # not now\n\n[trade]\nmax = 3\n";
  CHECK(with_setting(text, "color", "\"auto\"", "c.toml") ==
        "# mine\ncolor = \"auto\"  # not now\n\n[trade]\nmax = 3\n");
  CHECK(with_setting(text, "trade.max", "4", "c.toml") ==
        "# mine\ncolor = \"never\"  # not now\n\n[trade]\nmax = 4\n");
}

TEST_CASE("a new setting goes below the header of its table, and before all tables when it has none") {
  CHECK(with_setting("", "color", "1", "c.toml") == "color = 1\n");
  CHECK(with_setting("[trade]\nmax = 3\n", "trade.min", "1", "c.toml") == "[trade]\nmin = 1\nmax = 3\n");
  CHECK(with_setting("[trade]", "trade.min", "1", "c.toml") == "[trade]\nmin = 1\n");
  CHECK(with_setting("[trade]\nmax = 3\n", "learner.threads", "2", "c.toml") ==
        "learner.threads = 2\n[trade]\nmax = 3\n");
}

TEST_CASE("a text that is not TOML is not changed, nor a table by a value") {
  CHECK_THROWS_WITH_AS(with_setting("color = \n", "color", "1", "c.toml"),
                       doctest::Contains("c.toml is not TOML at line 1"), Error);
  CHECK_THROWS_WITH_AS(with_setting("[trade]\nmax = 3\n", "trade", "1", "c.toml"),
                       "c.toml has a table \"trade\"", Error);
}
