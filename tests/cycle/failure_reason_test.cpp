#include "cycle/failure_reason.h"

#include <doctest/doctest.h>

using namespace ctt;
using base::Failure;

TEST_CASE("a cycle's reason code gives the failure back that ended it, and internal for all others") {
  for (const auto failure :
       {Failure::data_blocked, Failure::unreachable, Failure::keys, Failure::integrity, Failure::internal}) {
    CHECK(cycle::failure_of(cycle::reason_of(failure)) == failure);
  }
  CHECK(cycle::reason_of(Failure::unreachable) == "data_unavailable");
  CHECK(cycle::reason_of(Failure::keys) == "keys_refused");
  CHECK(cycle::reason_of(Failure::usage) == "internal");
  CHECK(cycle::failure_of("timeout") == Failure::internal);
  CHECK(cycle::failure_of("") == Failure::internal);
}
