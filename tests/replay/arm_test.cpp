#include <doctest/doctest.h>

#include "base/error.h"
#include "replay/arm.h"

namespace ctt::replay {

TEST_CASE("arms are read in their order, each once, and an unknown one is refused with the nearest") {
  CHECK(parse_arms("never,always,never") == std::vector{Arm::never, Arm::always});
  CHECK_THROWS_WITH_AS(parse_arms("never,alway"), doctest::Contains("did you mean \"always\""), base::Error);
  CHECK_THROWS_AS(parse_arms(""), base::Error);
}

}  // namespace ctt::replay
