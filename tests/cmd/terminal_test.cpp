#include "cmd/shell/terminal.h"

#include <limits>

#include "cmd/shell/counted.h"
#include "store/sample.h"
#include "support/desk.h"

using namespace ctt;
using cmd::Style;
using cmd::Table;
using cmd::Terminal;

namespace {

const Terminal kPlain("never", "none", true);
const auto kNow = sample::at("2026-11-23T12:00:20Z");

}  // namespace

TEST_CASE("moments are told as near as they are") {
  CHECK(kPlain.moment(sample::at("2026-11-23T18:00:20Z"), kNow) == "today 18:00:20");
  CHECK(kPlain.moment(sample::at("2026-11-22T18:00:20Z"), kNow) == "yest. 18:00");
  CHECK(kPlain.moment(sample::at("2026-11-21T18:00:20Z"), kNow) == "2026-11-21 18:00");
  CHECK(kPlain.moment(sample::at("2025-11-23T12:00:20Z"), kNow) == "2025-11-23 12:00");
  CHECK(kPlain.moment_relative(sample::at("2026-11-23T15:12:20Z"), kNow) == "today 15:12:20 (in 3 h 12 min)");
  CHECK(kPlain.moment_relative(sample::at("2026-11-23T11:59:39Z"), kNow) == "today 11:59:39 (41 s ago)");
}

TEST_CASE("things are counted in words, and of many names the first are told") {
  CHECK(cmd::counted(1, "swap") == "1 swap");
  CHECK(cmd::counted(0U, "swap") == "0 swaps");
  CHECK(cmd::counted(12'000, "bar") == "12,000 bars");
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  CHECK(cmd::first_of({names.data(), 2}) == "a, b");
  CHECK(cmd::first_of({names.data(), 4}) == "a, b, c, d");
  CHECK(cmd::first_of(names, 2) == "a, b and 3 more");
}

TEST_CASE("colour is on only when it is wanted, and never the only carrier") {
  CHECK(kPlain.paint(Style::bad, "failed") == "failed");
  const Terminal coloured("always", "none", true);
  CHECK(coloured.paint(Style::bad, "failed") == "\x1b[31mfailed\x1b[0m");
  CHECK(coloured.paint(Style::plain, "fine") == "fine");
}

TEST_CASE("a table lines its columns up and pads no line's end") {
  Table table({{"NAME"}, {"BARS", true}, {"ABOUT"}});
  table.add({"btc", "13,165", "hourly"});
  table.add({"a longer one", "5", "-"});
  CHECK(table.text(kPlain) ==
        "NAME            BARS  ABOUT\n"
        "btc           13,165  hourly\n"
        "a longer one       5  -\n");
  Table bare({{"NAME"}, {"ABOUT"}});
  bare.add({"btc", ""});
  CHECK(bare.text(kPlain) == "NAME  ABOUT\nbtc\n");
}

TEST_CASE("a table counts characters, not bytes") {
  Table table({{"CURVE"}, {"N", true}});
  table.add({"▁▂█", "1"});
  table.add({"abcd", "2"});
  CHECK(table.text(kPlain) ==
        "CURVE  N\n"
        "▁▂█    1\n"
        "abcd   2\n");
}

TEST_CASE("numbers are written for people") {
  CHECK(cmd::grouped(0) == "0");
  CHECK(cmd::grouped(999) == "999");
  CHECK(cmd::grouped(1000) == "1,000");
  CHECK(cmd::grouped(-1234567) == "-1,234,567");
  CHECK(cmd::signed_pct(0.336) == "+0.34 %");
  CHECK(cmd::signed_pct(-12) == "-12.00 %");
  CHECK(cmd::signed_pct(std::numeric_limits<double>::quiet_NaN()) == "-");
}
