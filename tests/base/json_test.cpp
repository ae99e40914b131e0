#include "base/json.h"

#include <limits>

#include "base/error.h"

using ctt::base::Error;
using ctt::base::JsonValue;
using ctt::base::JsonWriter;

namespace {

auto object(std::string_view text) { return JsonValue::parse(text, "pack quick").as_object(); }

}  // namespace

TEST_CASE("an object that was read key by key refuses the key nobody asked for") {
  auto pack = object(R"({"lr": 0.001, "gama": 0.9})");
  CHECK(pack.number("lr") == 0.001);
  CHECK(pack.number("gamma", 0.99) == 0.99);
  CHECK_THROWS_WITH_AS(pack.finish(), R"(pack quick: unknown key "gama" (did you mean "gamma"?))", Error);
}

TEST_CASE("a value of the wrong kind is refused by name") {
  auto pack = object(R"({"lr": "fast", "epochs": 2.5, "hidden": [64, "x"]})");
  CHECK_THROWS_WITH_AS(pack.number("lr"), R"(pack quick: "lr" must be a number, not "fast")", Error);
  CHECK_THROWS_WITH_AS(pack.integer("epochs"), R"(pack quick: "epochs" must be a whole number, not 2.5)",
                       Error);
  CHECK_THROWS_WITH_AS(pack.at("hidden").as_array()[1].as_integer(),
                       R"(pack quick: "hidden"[1] must be a whole number, not "x")", Error);
  CHECK_THROWS_WITH_AS(pack.number("gamma"), R"(pack quick: "gamma" is missing)", Error);
}

TEST_CASE("a text that is not JSON is refused with its place") {
  CHECK_THROWS_WITH_AS(object("{\n \"lr\": }"), "pack quick is not JSON at line 2, column 8: Invalid value",
                       Error);
  CHECK_THROWS_AS(object(R"({"lr": 1} x)"), Error);
  CHECK_THROWS_AS(object(R"({"lr": NaN})"), Error);
  CHECK_THROWS_WITH_AS(object(R"({"lr": 1, "lr": 2})"), R"(pack quick: the key "lr" stands twice)", Error);
}

TEST_CASE("a text ends where its JSON ends: nothing may follow, not even behind a zero byte") {
  using namespace std::string_view_literals;
  for (const auto text :
       {"{\"lr\":0.001}\0"sv, "{\"lr\":0.001}\0garbage {"sv, "{\"lr\":0.001} \0"sv, "{\"lr\":0.001}\n\0\0"sv,
        "{\0\"lr\":0.001}"sv, "\0{\"lr\":0.001}"sv, "\0"sv, ""sv}) {
    CAPTURE(text.size());
    CHECK_THROWS_AS(object(text), Error);
  }
  CHECK_THROWS_WITH_AS(
      object("{\"lr\": 1}\n\0x"sv),
      "pack quick is not JSON at line 2, column 1: The document root must not be followed by "
      "other values",
      Error);
  CHECK(object("{\"lr\":0.001} \r\n\t").number("lr") == 0.001);
}

TEST_CASE("a byte order mark, whole or broken, is refused as one") {
  const std::string sentence =
      "pack quick begins with a byte order mark, which JSON must not have; save it as UTF-8 without one";
  for (const char* mark : {"\xEF\xBB\xBF", "\xEF\xBB", "\xEF", "\xFE\xFF", "\xFF\xFE"}) {
    CHECK_THROWS_WITH_AS(object(std::string(mark) + R"({"lr": 0.001})"), sentence.c_str(), Error);
  }
}

TEST_CASE("what was written is read back, and numbers that are not finite become null") {
  JsonWriter json;
  json.object().field("price", 0.1).field("bad", std::numeric_limits<double>::quiet_NaN());
  json.field("count", std::int64_t{9007199254740993})
      .field("name", "a\"b")
      .field("list", std::vector<int>{1, 2})
      .end();
  CHECK(json.text() == R"({"price":0.1,"bad":null,"count":9007199254740993,"name":"a\"b","list":[1,2]})");
  auto read = object(json.text());
  CHECK(read.number("price") == 0.1);
  CHECK_FALSE(read.find("bad").has_value());
  CHECK(read.integer("count") == 9007199254740993);
}
