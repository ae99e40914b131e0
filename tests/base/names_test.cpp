#include "base/names.h"

using ctt::base::names_of;

namespace {

enum class Fill { close, next_open, absent };

constexpr auto kFills = names_of<Fill>({{Fill::next_open, "next_open"}, {Fill::close, "close"}});

}  // namespace

TEST_CASE("one table names the values of an enumeration and finds them by their names, in any order") {
  static_assert(kFills.name(Fill::close) == "close");
  static_assert(kFills.find("next_open") == Fill::next_open);
  CHECK_FALSE(kFills.find("open"));
  CHECK_FALSE(kFills.find(""));
  CHECK(kFills.name(Fill::absent).empty());
  CHECK(kFills.list() == "next_open, close");
}
