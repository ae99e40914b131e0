#include "base/parameter.h"

#include <cmath>
#include <limits>

#include "base/error.h"

using namespace ctt::base;

namespace {

const std::vector<NumberParameter> kParameters{{"stop_pct", 0.05, Range::above(0, 1)},
                                               {"steps", 5, Range::whole(0, 1e6)}};

std::string refusal(const std::map<std::string, double>& given) {
  try {
    complete(kParameters, given, "scheme X");
  } catch (const Error& error) {
    return error.failure() == Failure::usage ? error.what() : "another failure";
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a range holds its ends, unless it begins above the lower one") {
  CHECK(Range::from(0, 1).holds(0));
  CHECK(Range::from(0, 1).holds(1));
  CHECK_FALSE(Range::from(0, 1).holds(1.001));
  CHECK_FALSE(Range::above(0, 1).holds(0));
  CHECK(Range::above(0, 1).holds(1e-300));
  CHECK(Range::from(-1, 1).holds(-0.5));
}

TEST_CASE("a range of whole numbers holds no fraction") {
  CHECK(Range::whole(1, 10).holds(10));
  CHECK_FALSE(Range::whole(1, 10).holds(2.5));
  CHECK_FALSE(Range::whole(1, 10).holds(0));
}

TEST_CASE("no range holds what is not a finite number") {
  for (const auto& range : {Range::from(0), Range::above(-1), Range::whole(0)}) {
    CHECK_FALSE(range.holds(std::nan("")));
    CHECK_FALSE(range.holds(std::numeric_limits<double>::infinity()));
    CHECK(range.holds(1e300));
  }
}

TEST_CASE("a range says what a number must be") {
  CHECK(Range::from(0, 0.5).words() == "at least 0 and at most 0.5");
  CHECK(Range::from(0).words() == "at least 0");
  CHECK(Range::above(0, 1).words() == "above 0 and at most 1");
  CHECK(Range::above(0).words() == "above 0");
  CHECK(Range::whole(0, 1e6).words() == "a whole number from 0 to 1000000");
  CHECK(Range::whole(1).words() == "a whole number of at least 1");
}

TEST_CASE("parameters that nobody sets have their defaults, and what was given stands") {
  CHECK(complete(kParameters, {{"steps", 7}}, "scheme X") ==
        std::map<std::string, double>{{"stop_pct", 0.05}, {"steps", 7}});
}

TEST_CASE("a parameter that is unknown or out of its range is refused by name") {
  CHECK(refusal({{"step", 7}}) ==
        R"(scheme X: unknown parameter "step" (did you mean "steps"?); it has stop_pct, steps)");
  CHECK(refusal({{"stop_pct", 0}}) == R"(scheme X: "stop_pct" must be above 0 and at most 1, not 0)");
  CHECK(refusal({{"steps", 2.5}}) ==
        R"(scheme X: "steps" must be a whole number from 0 to 1000000, not 2.5)");
}
