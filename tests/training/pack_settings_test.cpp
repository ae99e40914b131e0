#include "training/pack_settings.h"

#include "base/error.h"

using namespace ctt::training;

namespace {

std::string with(const std::string& config, std::vector<std::string> settings) {
  return with_settings(config, settings, "pack");
}

}  // namespace

TEST_CASE("a value is JSON when it reads as JSON, else a word") {
  CHECK(with("{}", {"a=1"}) == R"({"a":1})");
  CHECK(with("{}", {"a=3.29e-05"}) == R"({"a":0.0000329})");
  CHECK(with("{}", {"a=true"}) == R"({"a":true})");
  CHECK(with("{}", {"a=[1,2]"}) == R"({"a":[1,2]})");
  CHECK(with("{}", {"a=close"}) == R"({"a":"close"})");
  CHECK(with("{}", {"a=x=y"}) == R"({"a":"x=y"})");
  CHECK(with("{}", {"a="}) == R"({"a":""})");
}

TEST_CASE("a setting keeps its place, and null takes it out") {
  CHECK(with(R"({"a":1,"b":2})", {"a=3"}) == R"({"a":3,"b":2})");
  CHECK(with(R"({"a":1,"b":2})", {"a=null"}) == R"({"b":2})");
  CHECK(with(R"({"a":1})", {"b=null"}) == R"({"a":1})");
}

TEST_CASE("dots go into objects, which are made when they are missing") {
  CHECK(with(R"({"m":{"x":1}})", {"m.y=2", "n.z.w=3"}) == R"({"m":{"x":1,"y":2},"n":{"z":{"w":3}}})");
  CHECK_THROWS_AS(with(R"({"m":1})", {"m.y=2"}), ctt::base::Error);
}

TEST_CASE("what is no key=value is refused") {
  for (const char* setting : {"a", "=1", "a..b=1", ".a=1", "a.=1", ""}) {
    CAPTURE(setting);
    CHECK_THROWS_AS(with("{}", {setting}), ctt::base::Error);
  }
  CHECK_THROWS_AS(with("[1]", {"a=1"}), ctt::base::Error);
  CHECK_THROWS_AS(with("{", {}), ctt::base::Error);
}

TEST_CASE("settings are laid out one by one") {
  using Leaves = std::vector<std::pair<std::string, std::string>>;
  CHECK(flattened(R"({"a":1,"m":{"x":[1,2],"e":{}},"t":"w"})") ==
        Leaves{{"a", "1"}, {"m.x", "[1,2]"}, {"t", "\"w\""}});
}
