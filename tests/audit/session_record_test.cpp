#include "audit/session_record.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "desk.h"
#include "store/live_decisions.h"

namespace ctt::audit {
namespace {

constexpr market::Costs kAssumed{.commission = 0.001, .half_spread = 0};

TEST_CASE("a record is of the newest session, or of the one that is named, within the range") {
  AuditDesk desk;
  const auto one = desk.trade_at(kAssumed, desk.bars);
  const auto two = desk.trade_at(kAssumed, desk.bars);
  CHECK(desk.record().newest().id == two.session_id);
  CHECK(desk.record({.session = one.session_id}).newest().id == one.session_id);
  const auto some = desk.record({.from = desk.bars[100].open_time, .to = desk.bars[199].open_time});
  CHECK(some.range.first == desk.bars[100].open_time);
  CHECK(some.range.last == desk.bars[199].open_time);
}

TEST_CASE("what there is no record of is refused with a sentence") {
  AuditDesk desk;
  CHECK_THROWS_WITH_AS(desk.record(), "no trader has served btc yet", base::Error);
  desk.trade_at(kAssumed, desk.bars);
  CHECK_THROWS_WITH_AS(desk.record({.session = "live-none"}), doctest::Contains("live-none"), base::Error);
  const auto after = desk.bars.back().open_time + std::chrono::hours(5);
  CHECK_THROWS_WITH_AS(desk.record({.from = after}), doctest::Contains("has decided on no bar from"),
                       base::Error);
}

TEST_CASE("a range in the middle begins with the account as it was, and equals its replay from there") {
  for (const auto fill : {environment::Fill::next_open, environment::Fill::close}) {
    AuditDesk desk(fill);
    desk.trade_at(kAssumed, desk.bars);
    const auto all = desk.record();
    // With a position and without one.
    for (const std::size_t first : {100, 107, 113, 131, 170}) {
      const auto record = desk.record({.from = desk.bars[first].open_time});
      const auto audit = desk.audit(record);
      CAPTURE(first);
      CHECK(audit.as_replayed == audit.decisions);
      CHECK(std::abs(audit.gap.total()) < 0.01);
      CHECK(audit.recorded.equity.back() == doctest::Approx(all.decisions.back().equity));
    }
  }
}

}  // namespace
}  // namespace ctt::audit
