#include "report/line_chart.h"

#include <limits>
#include <regex>

using namespace ctt::report;

namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

LineChart chart_of(std::vector<double> values, std::vector<double> low = {}, std::vector<double> high = {}) {
  LineChart chart;
  chart.name = "test";
  for (std::size_t i = 0; i < values.size(); ++i) chart.times.push_back(86400.0 * static_cast<double>(i));
  chart.lines.push_back({.name = "always",
                         .end_label = "+1 %",
                         .css_class = "always",
                         .values = std::move(values),
                         .low = std::move(low),
                         .high = std::move(high)});
  chart.scale = {0, 10, false};
  return chart;
}

std::string path(const std::string& svg, const std::string& css_class) {
  std::smatch found;
  return std::regex_search(svg, found, std::regex("class=\"" + css_class + "\" d=\"(M[^\"]*)\""))
             ? found[1].str()
             : "";
}

// The least and the greatest y of a path, tenths of px.
std::pair<long, long> heights(const std::string& data) {
  const std::regex number("-?[0-9]+");
  long y = 0;
  long least = std::numeric_limits<long>::max();
  long greatest = 0;
  int i = 0;
  for (std::sregex_iterator at(data.begin(), data.end(), number), end; at != end; ++at, ++i) {
    if (i % 2 == 0) continue;
    y += std::stol(at->str());
    least = std::min(least, y);
    greatest = std::max(greatest, y);
  }
  return {least, greatest};
}

}  // namespace

TEST_CASE("a line begins at the left edge and ends at the right one, the larger value higher") {
  // 280 px high: 10 is at 0, 0 at 2800 tenths; 696 px wide.
  CHECK(path(chart_of({0, 5, 10}).chart().body, "line always") == "M0 2800l3480-1400 3480-1400");
}

TEST_CASE("a line has gaps where nothing is known, and is named at its last known value") {
  const auto body = chart_of({1, 2, kGap, 3, 4, kGap}).chart().body;
  const auto data = path(body, "line always");
  CHECK(std::ranges::count(data, 'M') == 2);
  CHECK(body.find("M1 168L") != std::string::npos);  // 4 of 10: 60 % of 280 px from above
  CHECK(body.find("nan") == std::string::npos);
}

TEST_CASE("the range that is drawn is never narrower than the range that is said") {
  std::vector<double> middle(600, 5), low(600, 4), high(600, 6);
  low[301] = 1;
  high[302] = 9;
  const auto [top, bottom] = heights(path(chart_of(middle, low, high).chart().body, "band always"));
  CHECK(top == 280);      // 9 of 10
  CHECK(bottom == 2520);  // 1 of 10
}

TEST_CASE("a range without width is not drawn, and a picture without values is none") {
  CHECK(path(chart_of({1, 2}, {1, 2}, {1, 2}).chart().body, "band always").empty());
  CHECK(chart_of({kGap, kGap}).chart().empty());
  CHECK(chart_of({1}).chart().empty());
}
