#include <set>

#include "example.h"
#include "report/report_page.h"

using namespace ctt::report;

TEST_CASE(
    "each picture stands alone, with its own colours for light and dark, in under 60 kB for 600 instants") {
  std::set<std::string> names;
  for (const auto& [name, svg] : pictures(example::result())) {
    CAPTURE(name);
    names.insert(name);
    CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(svg.find("<style>") != std::string::npos);
    CHECK(svg.find("prefers-color-scheme:dark") != std::string::npos);
    CHECK(svg.find("aria-label=\"") != std::string::npos);
    CHECK(svg.size() < 60'000);
  }
  CHECK(names == std::set<std::string>{"comparisons", "difference", "drawdown", "equity", "gate", "months",
                                       "random", "trades"});
}

TEST_CASE("a session has pictures of what it has data for") {
  std::set<std::string> names;
  for (const auto& picture : pictures(example::result({.session = true}))) names.insert(picture.name);
  CHECK(names == std::set<std::string>{"drawdown", "equity", "months", "trades"});
}
