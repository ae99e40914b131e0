#include "audit/audit.h"

#include <doctest/doctest.h>

#include "audit/audit_document.h"
#include "base/error.h"
#include "desk.h"

namespace ctt::audit {
namespace {

using namespace std::chrono_literals;
using doctest::Approx;

constexpr double kCent = 0.01;
constexpr market::Costs kAssumed{.commission = 0.001, .half_spread = 0};

// What holds of every audit: the parts are the gap, and the models' parts are the parts.
void check_sums(const SessionAudit& audit) {
  const double gap = audit.recorded.equity.back() - audit.replayed.account.equity.back();
  CHECK(audit.gap.total() == Approx(gap).epsilon(1e-9));
  GapParts sum;
  std::size_t decisions = 0;
  for (const auto& model : audit.by_model) {
    sum += model.gap;
    decisions += model.decisions;
  }
  CHECK(std::abs(sum.decisions - audit.gap.decisions) < 1e-6);
  CHECK(std::abs(sum.prices - audit.gap.prices) < 1e-6);
  CHECK(std::abs(sum.fees - audit.gap.fees) < 1e-6);
  CHECK(std::abs(sum.missed_bars - audit.gap.missed_bars) < 1e-6);
  CHECK(std::abs(sum.unexplained - audit.gap.unexplained) < 1e-6);
  CHECK(decisions == audit.decisions);
}

std::size_t times_said(const SessionAudit& audit, const std::string& word) {
  const auto counts = counts_by_word(audit.differences);
  const auto found = counts.find(word);
  return found == counts.end() ? 0 : found->second;
}

TEST_CASE("a session that went as assumed equals its replay to the cent, whatever the fill") {
  for (const auto fill : {environment::Fill::next_open, environment::Fill::close}) {
    AuditDesk desk(fill);
    desk.trade_at(kAssumed, desk.bars);
    const auto record = desk.record();
    const auto audit = desk.audit(record);
    check_sums(audit);
    CHECK(audit.fills.size() > 5);
    CHECK(audit.decisions > 300);
    CHECK(audit.as_replayed == audit.decisions);
    CHECK(audit.recomputed_same == audit.decisions);
    CHECK(audit.missed.empty());
    CHECK(std::abs(audit.gap.total()) < kCent);
    for (const double part : {audit.gap.decisions, audit.gap.prices, audit.gap.fees, audit.gap.missed_bars,
                              audit.gap.unexplained})
      CHECK(std::abs(part) < kCent / 100);
    CHECK(audit.explained());
  }
}

TEST_CASE("a fee of twice what is assumed is a gap of fees alone") {
  AuditDesk desk;
  desk.trade_at({.commission = 0.002, .half_spread = 0}, desk.bars);
  const auto record = desk.record();
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(audit.gap.fees < -50);
  CHECK(std::abs(audit.gap.total() - audit.gap.fees) < kCent);
  CHECK(audit.explained());
  CHECK(fill_costs(audit)->fee_bp_median == Approx(20));
  CHECK(fill_costs(audit)->assumed_fee_bp == Approx(10));
  CHECK(std::abs(fill_costs(audit)->price_bp_worst) < 1e-6);
}

TEST_CASE("fills at a worse price are a gap of prices, in basis points what the spread was") {
  AuditDesk desk;
  desk.trade_at({.commission = 0.001, .half_spread = 0.0005}, desk.bars);
  const auto record = desk.record();
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(audit.gap.prices < -20);
  CHECK(std::abs(audit.gap.fees) < kCent);
  CHECK(std::abs(audit.gap.missed_bars) < kCent);
  CHECK(audit.explained());
  for (const auto& fill : audit.fills) CHECK(fill.price_bp() == Approx(5));
}

TEST_CASE("decisions of a halted stretch differ for that reason, and the gap is theirs") {
  AuditDesk desk;
  auto options = trader::Rig::options();
  options.on_bar = at_bar({{100, [&] { desk.ask("halt"); }}, {200, [&] { desk.ask("resume"); }}});
  desk.trade_at(kAssumed, desk.bars, options);
  const auto record = desk.record();
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(times_said(audit, "halted") > 0);
  CHECK(audit.explained());
  CHECK(std::abs(audit.gap.decisions) > 1);
  CHECK(std::abs(audit.gap.total() - audit.gap.decisions) < kCent);
  for (const auto& one : audit.differences) {
    if (one.word == "halted") CHECK(one.side == market::Side::none);
  }
}

TEST_CASE("bars that never reached the trader are missed, and what they cost is their part of the gap") {
  // A hole that is longer than the features remember has them warm up again.
  for (const std::size_t missed : {4, 40}) {
    AuditDesk desk;
    auto fewer = desk.bars;
    fewer.erase(fewer.begin() + 120, fewer.begin() + 120 + static_cast<long>(missed));
    desk.trade_at(kAssumed, fewer);
    const auto record = desk.record();
    const auto audit = desk.audit(record);
    check_sums(audit);
    REQUIRE(audit.missed.size() == missed);
    CHECK(audit.missed.front() == desk.bars[120].open_time);
    CHECK(stretches(audit.missed, record.contract.timeframe).size() == 1);
    CHECK(std::abs(audit.gap.total() - audit.gap.missed_bars) < kCent);
    CHECK(audit.explained());
    if (missed == 40) CHECK(std::abs(audit.gap.missed_bars) > 1);
  }
}

TEST_CASE("bars between two sessions of one account are missed, and known to the second one as history") {
  AuditDesk desk;
  KeptBroker broker(10000, kAssumed, environment::Fill::next_open);
  const auto part = [&](std::size_t first, std::size_t last) {
    return std::vector(desk.bars.begin() + static_cast<long>(first),
                       desk.bars.begin() + static_cast<long>(last));
  };
  desk.trade_on(broker, part(0, 200));
  desk.trade_on(broker, part(210, 400));
  const auto record = desk.record({.from = desk.bars[0].open_time});
  REQUIRE(record.sessions.size() == 2);
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(audit.missed.size() >= 10);
  CHECK(audit.missed.front() ==
        desk.bars[199].open_time);  // the last bar of a feed that ends is not decided on
  CHECK(audit.explained());
  CHECK(std::abs(audit.gap.total() - audit.gap.missed_bars) < kCent);
}

TEST_CASE("a fill that came before its decision was recorded is in the account of that bar") {
  AuditDesk desk;
  KeptBroker broker(10000, kAssumed,
                    environment::Fill::close);  // at once, where the replay waits for the open
  desk.trade_on(broker, desk.bars);
  const auto all = desk.record();
  // Also where the range begins or ends with such a bar.
  const auto& fill = all.fills[all.fills.size() / 2];
  for (const auto& query :
       {RecordQuery{}, RecordQuery{.from = fill.decided_on}, RecordQuery{.to = fill.decided_on}}) {
    const auto record = desk.record(query);
    const auto audit = desk.audit(record);
    check_sums(audit);
    CHECK(std::abs(audit.gap.unexplained) < kCent / 100);
    CHECK(std::abs(audit.gap.prices) > kCent);
    CHECK(audit.explained());
  }
}

TEST_CASE("a swap between two bars is replayed at its bar, and the gap is told by model") {
  AuditDesk desk;
  auto options = trader::Rig::options();
  options.on_bar =
      at_bar({{150, [&] { desk.ask("reload", desk.deploy(trader::wilful(desk.contract, 8))); }}});
  desk.trade_at({.commission = 0.002, .half_spread = 0}, desk.bars, options);
  auto record = desk.record();
  const auto audit = desk.audit(record);
  check_sums(audit);
  REQUIRE(audit.models.size() == 2);
  CHECK(audit.models[1].from == desk.bars[157].open_time);  // the first seven bars were history
  CHECK(audit.explained());
  CHECK(audit.replayed.swaps == 1);
  REQUIRE(audit.by_model.size() == 2);
  for (const auto& model : audit.by_model) CHECK(model.gap.fees < -1);
  SUBCASE("a trader that confirmed it twenty bars before went on with the old one") {
    record.sessions.front().started_at = desk.bars.front().open_time;
    store::Deployment earlier;
    earlier.model_version = 2;
    earlier.sha256 = audit.models[1].sha256;
    earlier.requested_at = earlier.confirmed_at.emplace(desk.bars[138].open_time);
    record.deployments.push_back(earlier);
    const auto late = desk.audit(record);
    check_sums(late);
    CHECK(late.models[1].from == desk.bars[137].open_time);
    CHECK(times_said(late, "swap") > 0);
    for (const auto& one : late.differences) {
      if (one.word != "swap") continue;
      CHECK(one.model_version == 1);
      CHECK(one.replayed_version == 2);
    }
    CHECK(late.explained());
    // One that was refused again, or that another session had confirmed, is not in service.
    record.deployments.back().refused_at = desk.bars[138].open_time;
    CHECK(desk.audit(record).models[1].from == desk.bars[157].open_time);
    record.deployments.back().refused_at.reset();
    record.sessions.front().started_at = desk.bars[139].open_time;
    CHECK(desk.audit(record).models[1].from == desk.bars[157].open_time);
  }
  SUBCASE("what was asked for since may have come before its confirmation") {
    record.sessions.front().started_at = desk.bars.front().open_time;
    for (const std::int64_t version : {1, 2}) {
      store::Deployment one;
      one.model_version = version;
      one.sha256 = audit.models[static_cast<std::size_t>(version - 1)].sha256;
      one.requested_at = one.confirmed_at.emplace(desk.bars[version == 1 ? 0 : 170].open_time);
      record.deployments.push_back(one);
    }
    CHECK(desk.audit(record).models[1].from == desk.bars[157].open_time);
  }
}

TEST_CASE("a decision that its policy would not have made is explained by nothing") {
  AuditDesk desk;
  desk.trade_at(kAssumed, desk.bars);
  auto record = desk.record();
  const auto holds =
      std::ranges::find_if(record.decisions, [](const auto& one) { return one.side == market::Side::none; });
  holds->action = holds->action == 1 ? 2 : 1;
  const auto audit = desk.audit(record);
  CHECK(audit.unexplained_decisions() == 1);
  CHECK_FALSE(audit.explained());
  REQUIRE(audit.differences.size() == 1);
  CHECK(audit.differences[0].bar == holds->bar_open_time);
  CHECK(audit.differences[0].word == "unexplained");
}

TEST_CASE("equity that no fill accounts for is the rest that is named unexplained") {
  AuditDesk desk;
  desk.trade_at(kAssumed, desk.bars);
  auto record = desk.record();
  for (std::size_t i = 200; i < record.decisions.size(); ++i) record.decisions[i].equity -= 7.5;
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(audit.gap.unexplained == Approx(-7.5).epsilon(1e-6));
  CHECK_FALSE(audit.rest_explained());
  CHECK_FALSE(audit.explained());
}

TEST_CASE("a bar that was revised since, and one that the dataset lacks, are named as the reason") {
  AuditDesk desk;
  desk.trade_at(kAssumed, desk.bars);
  const auto record = desk.record();
  SUBCASE("revised") {
    for (std::size_t i = 200; i < 210; ++i) {
      desk.bars[i].close *= 1.1;
      desk.bars[i].high *= 1.1;
    }
    const auto audit = desk.audit(record);
    check_sums(audit);
    CHECK(times_said(audit, "revised_bar") > 0);
    CHECK(audit.explained());
  }
  SUBCASE("lacking") {
    desk.bars.erase(desk.bars.begin() + 200, desk.bars.begin() + 205);
    const auto audit = desk.audit(record);
    check_sums(audit);
    CHECK(audit.missing.size() == 5);
    CHECK(times_said(audit, "missing_bar") >= 5);
    CHECK(audit.explained());
  }
}

TEST_CASE(
    "rows that a source has out of order, twice, or without a number for a price leave every sum finite") {
  AuditDesk desk;
  desk.trade_at(kAssumed, desk.bars);
  const auto record = desk.record();
  std::swap(desk.bars[50], desk.bars[60]);
  desk.bars.insert(desk.bars.begin() + 70, desk.bars[70]);
  desk.bars[250].close = std::nan("");
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(std::isfinite(audit.gap.total()));
  CHECK(audit.missing.size() == 1);
  CHECK(audit.explained());
}

TEST_CASE("an audit of bars that nobody has is refused with the way to get them") {
  AuditDesk desk;
  desk.trade_at(kAssumed, desk.bars);
  const auto record = desk.record();
  desk.bars.clear();
  CHECK_THROWS_WITH_AS(desk.audit(record), doctest::Contains("dataset btc-1h has none of the bars"),
                       base::Error);
}

TEST_CASE("holds that are not kept any more are no missed bars") {
  AuditDesk desk;
  desk.trade_at(kAssumed, desk.bars);
  store::Transaction change(desk.database);
  const auto dropped = store::live_decisions::prune(change, base::SystemClock().now() + 24h, 1000);
  change.commit();
  CHECK(dropped > 100);
  const auto record = desk.record();
  const auto audit = desk.audit(record);
  check_sums(audit);
  CHECK(audit.missed.empty());
  CHECK(std::abs(audit.gap.missed_bars) < kCent);
}

}  // namespace
}  // namespace ctt::audit
