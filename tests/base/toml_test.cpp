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
