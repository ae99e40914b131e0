#include "base/error.h"

#include <set>

using namespace ctt::base;

TEST_CASE("an unknown word gets the nearest known one, and a far one none") {
  const std::vector<std::string> verbs{"schedule", "cycle", "models"};
  CHECK(nearest("shedule", verbs) == "schedule");
  CHECK(nearest("cylce", verbs) == "cycle");
  CHECK(did_you_mean("banana", verbs).empty());
}

TEST_CASE("an error carries its reason, its mends and its exit status") {
  try {
    throw Error(Failure::busy, "another training holds the lock").why("pid 7").fix("ctt experiments list");
  } catch (const Error& error) {
    CHECK(exit_status(error.failure()) == 75);
    CHECK(code(error.failure()) == "E_BUSY");
    CHECK(error.why() == "pid 7");
    CHECK(error.fixes() == std::vector<std::string>{"ctt experiments list"});
  }
}

TEST_CASE("each failure has an exit status and a code of its own") {
  std::set<int> statuses;
  std::set<std::string_view> codes;
  const std::vector<Failure> all{
      Failure::internal,     Failure::usage,       Failure::not_found, Failure::keys,     Failure::refused,
      Failure::data_blocked, Failure::unreachable, Failure::integrity, Failure::findings, Failure::busy};
  for (const auto failure : all) {
    statuses.insert(exit_status(failure));
    codes.insert(code(failure));
  }
  CHECK(statuses == std::set<int>{1, 2, 3, 4, 5, 6, 7, 8, 10, 75});
  CHECK(codes.size() == all.size());
}

TEST_CASE("a swap of neighbours is one edit, and one letter of three may differ") {
  CHECK(nearest("ab", {"ba"}) == "ba");
  CHECK(nearest("cat", {"cut"}) == "cut");
  CHECK(nearest("cat", {"cup"}).empty());
  CHECK(nearest("", {"a"}) == "a");
  CHECK(nearest("gate", {}).empty());
  CHECK(did_you_mean("shedule", {"schedule"}) == " (did you mean \"schedule\"?)");
}
