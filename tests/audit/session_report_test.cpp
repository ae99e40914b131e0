#include "audit/session_report.h"

#include <doctest/doctest.h>

#include "desk.h"
#include "report/document.h"
#include "report/report_page.h"

namespace ctt::audit {
namespace {

constexpr market::Costs kAssumed{.commission = 0.001, .half_spread = 0};

const report::ReportDocument::Arm& arm(const report::ReportDocument& document, const std::string& name) {
  return *std::ranges::find(document.main_point().arms, name, &report::ReportDocument::Arm::name);
}

TEST_CASE("a session's report tells both sides with the same numbers where they did the same") {
  AuditDesk desk;
  const auto traded = desk.trade_at(kAssumed, desk.bars);
  const auto record = desk.record();
  const auto json = report_document(record, desk.audit(record), {}, "ctt report --schedule btc");
  const auto document = report::read_document(json);
  CHECK(document.is_session());
  CHECK(document.verdict == "as_replayed");
  CHECK(document.sentence.find("to the cent as its replay") != std::string::npos);
  const auto& ours = arm(document, "traded").median;
  const auto& theirs = arm(document, "replayed").median;
  CHECK(ours.size() > 15);
  for (const auto& [key, value] : theirs) {
    CAPTURE(key);
    REQUIRE(ours.contains(key));
    CHECK(ours.at(key) == doctest::Approx(value).epsilon(1e-6));
  }
  CHECK(ours.at("trades") > 5);
  CHECK(ours.at("net_return_pct") ==
        doctest::Approx(100 * (record.decisions.back().equity / 10000 - 1)).epsilon(1e-6));
  CHECK(arm(document, "hold").median.at("trades") == 1);
}

TEST_CASE("cycles of the range are told with what became of them, and from when their model served") {
  AuditDesk desk;
  auto options = trader::Rig::options();
  options.on_bar =
      at_bar({{150, [&] { desk.ask("reload", desk.deploy(trader::wilful(desk.contract, 8))); }}});
  desk.trade_at(kAssumed, desk.bars, options);
  const auto record = desk.record();
  const auto cycle = [&](std::int64_t number, std::size_t bar) {
    store::CycleRecord one;
    one.cycle.number = number;
    one.cycle.slot_at = desk.bars[bar].open_time;
    one.cycle.status = store::CycleStatus::completed;
    one.cycle.decision = store::Decision::deployed;
    return one;
  };
  auto served = cycle(1, 155);
  served.cycle.model_version = 2;
  served.cycle.metrics = R"({"gate":"passed","oos_pnl_pct":1.5,"parent_oos_pnl_pct":-0.5})";
  auto undecided = cycle(2, 200);
  undecided.cycle.decision = store::Decision::rejected;
  undecided.cycle.decision_reason = "too few trades";
  undecided.cycle.metrics = R"({"gate":"undecided"})";
  auto skipped = cycle(3, 210);
  skipped.cycle.status = store::CycleStatus::skipped;
  auto before = cycle(0, 0);
  before.cycle.slot_at -= std::chrono::hours(24);
  const auto json =
      report_document(record, desk.audit(record), {skipped, undecided, served, before}, "ctt report");
  const auto document = report::read_document(json);
  const auto& cycles = document.main_point().cycles;
  REQUIRE(cycles.size() == 3);
  CHECK(cycles[0].outcome == "passed");
  CHECK(cycles[0].served);
  CHECK(cycles[0].serves_from == base::to_rfc3339(desk.bars[157].open_time));
  CHECK(cycles[0].latency_bars == 3);
  CHECK(cycles[0].oos_pct == 1.5);
  CHECK(cycles[1].outcome == "undecided");
  CHECK(cycles[1].reason == "too few trades");
  CHECK_FALSE(cycles[1].served);
  CHECK(cycles[2].outcome == "skipped");
  CHECK(arm(document, "traded").median.at("swaps") == 1);
  CHECK(arm(document, "replayed").median.at("swaps") == 1);
}

TEST_CASE("the sentence says what each part of the gap came to, and the page shows the document") {
  AuditDesk desk;
  desk.trade_at({.commission = 0.002, .half_spread = 0}, desk.bars);
  const auto record = desk.record();
  const auto audit = desk.audit(record);
  const auto json = report_document(record, audit, {}, "ctt report --schedule btc");
  const auto document = report::read_document(json);
  CHECK(document.verdict == "explained");
  CHECK(document.sentence.find(fmt::format("fees {:+.2f}", audit.gap.fees)) != std::string::npos);
  CHECK(arm(document, "traded").median.at("fees") > 1.5 * arm(document, "replayed").median.at("fees"));
  const auto page = report::report_page(json);
  for (const auto* part : {"<h1>btc traded", "traded", "replayed", "ctt report --schedule btc"})
    CHECK(page.find(part) != std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
}

}  // namespace
}  // namespace ctt::audit
