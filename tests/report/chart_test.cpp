#include "report/chart.h"

#include "report/end_labels.h"
#include "report/heat_map.h"
#include "report/histogram.h"
#include "report/whiskers.h"

using namespace ctt::report;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a path goes on from place to place, in as few bytes as it takes") {
  const std::vector<CurvePlace> places{{0, 100}, {11, 95}, {22, 98}, {22, 98}};
  CHECK(path_data(places) == "M0 100l11-5 11 3 0 0");
  CHECK(path_data({}).empty());
}

TEST_CASE("coordinates carry no digit that says nothing") {
  CHECK(tenth(12.04) == "12");
  CHECK(tenth(-0.26) == "-0.3");
  CHECK(hundredth(33.3333) == "33.33");
  CHECK(hundredth(-0.001) == "0");
}

TEST_CASE("labels at line ends do not cover each other, keep their order, and stay in the picture") {
  const std::vector<EndLabel> labels{
      {100, "a", "", "a"}, {102, "b", "", "b"}, {20, "c", "", "c"}, {299, "d", "", "d"}, {298, "e", "", "e"}};
  const auto places = apart(labels, 16, 300);
  CHECK(places[0] == doctest::Approx(93));  // around the mean of 100 and 102
  CHECK(places[1] == doctest::Approx(109));
  CHECK(places[2] == doctest::Approx(20));
  CHECK(places[3] == doctest::Approx(300));
  CHECK(places[4] == doctest::Approx(284));
}

TEST_CASE("whiskers reach as far as their intervals, and a row without a value is still named") {
  WhiskerChart chart{
      .name = "n",
      .title = "t",
      .summary = "s",
      .rows = {{"one", "+1", "", "always", -10, 1, 10}, {"two", "not defined", "", "gated", {}, {}, {}}},
      .shade_low = {},
      .shade_high = {}};
  const auto drawn = chart.chart();
  CHECK(count(drawn.body, "class=\"whisker always\"") == 3);
  CHECK(count(drawn.body, "<circle") == 1);
  CHECK(count(drawn.body, ">two<") == 1);
  chart.rows.erase(chart.rows.begin());
  CHECK(chart.chart().empty());
}

TEST_CASE("the tint of a month says its sign and its size") {
  CHECK(tint(10, 10) == "gain5");
  CHECK(tint(-0.5, 10) == "loss1");
  CHECK(tint(0, 10).empty());
  CHECK(tint(0, 0).empty());
}

TEST_CASE("bars are shares of their own group, so that few trades look like many") {
  const Histogram histogram{.name = "n",
                            .title = "t",
                            .summary = "s",
                            .edges = {-1, 0, 1},
                            .rows = {{"few", "", "always", {1, 3}}, {"many", "", "gated", {100, 300}}}};
  const auto body = histogram.chart().body;
  // The larger share, 3/4, is 56 px high in both; the smaller one a third of it.
  CHECK(count(body, "height=\"56\"") == 2);
  CHECK(count(body, "height=\"18.7\"") == 2);
}

TEST_CASE("an edge of a histogram is labelled as the multiple of its step that it is") {
  const Histogram histogram{.name = "n",
                            .title = "n",
                            .summary = {},
                            .edges = {-3 * 0.1, 0, 3 * 0.1},
                            .rows = {{.label = "a", .note = {}, .css_class = "never", .counts = {1, 2}}}};
  const auto svg = histogram.chart().inline_svg();
  CHECK(svg.find("+0.3<") != std::string::npos);
  CHECK(svg.find("0.30000") == std::string::npos);
}

TEST_CASE("text in a picture cannot become an element of it") {
  Chart chart{.name = "n",
              .title = "<script>",
              .summary = "\"><script>",
              .margins = PlotMargins::none,
              .height = 10,
              .body = "<g/>"};
  CHECK(chart.inline_svg().find("<script") == std::string::npos);
  CHECK(chart.standalone_svg().find("<script") == std::string::npos);
}
