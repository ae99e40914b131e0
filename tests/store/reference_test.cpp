#include "store/reference.h"

#include <set>

#include "store/sample.h"
#include "store/states.h"

namespace ctt {

using namespace sample;
using store::Named;

TEST_CASE("new ids are a prefix and 12 hex digits, each its own") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(store::new_id("exp"));
  CHECK(ids.size() == 1000);
  CHECK(ids.begin()->size() == 16);
  CHECK(ids.begin()->starts_with("exp-"));
  CHECK(ids.begin()->find_first_not_of("0123456789abcdef", 4) == std::string::npos);
}

TEST_CASE("a name becomes a slug, or is refused when nothing is left") {
  CHECK(store::slug("BTC hourly") == "btc-hourly");
  CHECK(store::slug("--BTC / USD!--") == "btc-usd");
  CHECK(store::slug(std::string(60, 'a')).size() == 40);
  CHECK(caught([] { store::slug("???"); }).exit_status == 2);
  CHECK(store::is_slug("btc-1h"));
  CHECK_FALSE(store::is_slug("-btc"));
  CHECK_FALSE(store::is_slug("BTC"));
  CHECK_FALSE(store::is_slug("../btc"));
  CHECK_FALSE(store::is_slug(""));
}

TEST_CASE("a reference is an id, a name or the beginning of one id") {
  const std::vector<Named> known{
      {"exp-9f31c0aa5b0e", "base"}, {"exp-9f31c0bb5b0e", "other"}, {"exp-123456789abc", "other"}};
  const auto resolve = [&](std::string_view reference) {
    return store::resolve("experiment", reference, known, "list");
  };

  CHECK(resolve("exp-9f31c0aa5b0e") == "exp-9f31c0aa5b0e");
  CHECK(resolve("base") == "exp-9f31c0aa5b0e");
  CHECK(resolve("9f31c0a") == "exp-9f31c0aa5b0e");
  CHECK(resolve("exp-123456") == "exp-123456789abc");
  CHECK(caught([&] { resolve("9f31c0"); }).exit_status == 2);  // two begin so
  CHECK(caught([&] { resolve("other"); }).sentence ==
        "\"other\" is the name of 2 experiments (exp-9f31c0bb5b0e, exp-123456789abc); give the id");
  CHECK(caught([&] { resolve("12345"); }).exit_status == 3);  // five digits are too few
  CHECK(caught([&] { resolve("exp-12345"); }).exit_status == 3);
  const auto missing = caught([&] { resolve("bsae"); });
  CHECK(missing.exit_status == 3);
  CHECK(missing.sentence == "no experiment is called \"bsae\" (did you mean \"base\"?)");
  CHECK(missing.fix == "list");
}

TEST_CASE("states are read as they are written, and other words are refused with the list") {
  CHECK(name(store::DeployCause::automatic) == "auto");
  CHECK(store::parse_state<store::OrderStatus>("partially_filled") == store::OrderStatus::partially_filled);
  CHECK(caught([] { store::parse_state<store::CycleStatus>("done"); }).sentence ==
        "\"done\" is no cycle result; there are running, completed, failed, skipped, cancelled");
  CHECK(is_final(store::OrderStatus::filled));
  CHECK_FALSE(is_final(store::OrderStatus::unknown));
}

}  // namespace ctt
