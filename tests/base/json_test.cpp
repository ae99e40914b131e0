#include "base/json.h"

#include "base/error.h"

using ctt::base::Error;
using ctt::base::JsonValue;
using ctt::base::JsonWriter;

TEST_CASE("an object that was read key by key refuses the key nobody asked for") {
  auto pack = JsonValue::parse(R"({"lr": 0.001, "gama": 0.9})", "pack quick").as_object();
  CHECK(pack.number("lr") == 0.001);
  CHECK(pack.number("gamma", 0.99) == 0.99);
  CHECK_THROWS_WITH_AS(pack.finish(), R"(pack quick: unknown key "gama" (did you mean "gamma"?))", Error);
}
