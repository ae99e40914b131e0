#include "base/error.h"

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
