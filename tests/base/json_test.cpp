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

TEST_CASE("a moment is written in RFC 3339, an absent one as null") {
  JsonWriter json;
  const auto noon = ctt::base::parse_time("2026-11-23T12:00:20.250Z");
  json.object().field("at", noon).field("opened", std::chrono::floor<std::chrono::seconds>(noon));
  json.field("maybe", std::optional(noon)).field("never", std::optional<ctt::base::Instant>()).end();
  CHECK(json.text() == R"({"at":"2026-11-23T12:00:20.250Z","opened":"2026-11-23T12:00:20Z",)"
                       R"("maybe":"2026-11-23T12:00:20.250Z","never":null})");
}

TEST_CASE("objects and lists nest, and each end closes the innermost") {
  JsonWriter json;
  json.array().object().field("a", true).key("b").array().value(nullptr).value(1).end().end();
  json.array().end().value("x").end();
  CHECK(json.text() == R"([{"a":true,"b":[null,1]},[],"x"])");
}

TEST_CASE("a JSON text put in as it stands becomes one line, and its strings stay") {
  JsonWriter json;
  json.object().raw_field("a", "{\n  \"b\": \"c  d\",\n  \"e\": 1\n}").end();
  CHECK(json.text() == R"({"a":{"b": "c  d","e": 1}})");
}

TEST_CASE("texts of any characters come back as they were") {
  for (const std::string text :
       {"", "\"quoted\"", "a\\b", "tab\tnewline\n", "\x01\x1f", "\xE2\x82\xAC", "/"}) {
    CAPTURE(text);
    JsonWriter json;
    json.object().field("x", text).end();
    CHECK(object(json.text()).string("x") == text);
  }
  CHECK(object("{\"x\": \"\\u20ac\\ud83d\\ude00\"}").string("x") == "\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK_THROWS_AS(object("{\"x\": \"\xff\"}"), Error);              // no UTF-8
  CHECK_THROWS_AS(object("{\"x\": \"\\ud83d\"}"), Error);           // half a pair
  CHECK_THROWS_AS(object("{\"x\": \"a\nb\"}").string("x"), Error);  // a control character
}

TEST_CASE("every double comes back as it was, and a whole number has all its digits") {
  for (const double number : {0.1, -0.0, 1e-300, 1.7976931348623157e308, 5e-324, 123456789.123456789}) {
    CAPTURE(number);
    JsonWriter json;
    json.object().field("x", number).end();
    CHECK(object(json.text()).number("x") == number);
  }
  JsonWriter json;
  json.object().field("most", std::numeric_limits<std::uint64_t>::max()).end();
  CHECK(json.text() == R"({"most":18446744073709551615})");
  CHECK_THROWS_AS(object(json.text()).integer("most"), Error);
  CHECK(object(R"({"x": 9223372036854775807})").integer("x") == std::numeric_limits<std::int64_t>::max());
  CHECK(object(R"({"x": 5e3})").integer("x") == 5000);
  CHECK_THROWS_AS(object(R"({"x": 1e400})").number("x"), Error);
}

TEST_CASE("a text that is nested without end is refused, not followed") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK_NOTHROW(object(nested(60)));
  CHECK_THROWS_WITH_AS(object(nested(100)), "pack quick is nested deeper than 64 levels", Error);
  CHECK_THROWS_AS(object(nested(1'000'000)), Error);
  CHECK_THROWS_AS(object("{\"a\":" + std::string(1'000'000, '[')), Error);
}

TEST_CASE("a key that is null counts as absent, and one that was asked for is known") {
  auto pack = object(R"({"a": null, "b": 1, "c": true, "d": "x"})");
  CHECK(pack.has("a"));
  CHECK_FALSE(pack.find("a"));
  CHECK(pack.number("a", 7) == 7);
  CHECK(pack.integer("missing", 3) == 3);
  CHECK(pack.boolean("c", false));
  CHECK(pack.string("d", "") == "x");
  CHECK_THROWS_WITH_AS(pack.finish(), doctest::Contains("unknown key \"b\""), Error);
  CHECK(pack.integer("b") == 1);
  CHECK_NOTHROW(pack.finish());
  CHECK(pack.keys() == std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("a value of the document is whole by itself, after the document's end too") {
  auto value = [] { return object(R"({"a": {"b": [1, {"c": "d"}]}})").at("a"); }();
  CHECK(value.text() == R"({"b":[1,{"c":"d"}]})");
  CHECK(value.is_object());
  CHECK_FALSE(value.is_array());
  CHECK_THROWS_WITH_AS(value.as_array(), doctest::Contains(R"("a" must be a list)"), Error);
  CHECK_THROWS_WITH_AS(value.as_object().at("b").as_object(), doctest::Contains("must be an object"), Error);
  CHECK_THROWS_WITH_AS(value.as_object().at("b").as_bool(), doctest::Contains("must be true or false"),
                       Error);
}
