#include "report/end_labels.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "report/chart.h"
#include "report/html.h"

namespace ctt::report {

namespace {

constexpr double kLineGap = 16;

// Labels that touch and stand around the mean of where they want to be.
struct Cluster {
  double wanted;  // sum of the first label's places, one for each label
  std::size_t size;
  double first() const { return wanted / static_cast<double>(size); }
};

}  // namespace

std::vector<double> apart(const std::vector<EndLabel>& labels, double gap, double height) {
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return labels[i].y; });

  std::vector<Cluster> clusters;
  for (const auto i : order) {
    clusters.push_back({labels[i].y, 1});
    while (clusters.size() > 1) {
      const auto last = clusters.back();
      auto& before = clusters[clusters.size() - 2];
      const double shift = gap * static_cast<double>(before.size);
      if (before.first() + shift <= last.first()) break;
      before.wanted += last.wanted - shift * static_cast<double>(last.size);
      before.size += last.size;
      clusters.pop_back();
    }
  }

  std::vector<double> sorted;
  for (const auto& cluster : clusters) {
    for (std::size_t i = 0; i < cluster.size; ++i)
      sorted.push_back(cluster.first() + gap * static_cast<double>(i));
  }
  for (std::size_t i = sorted.size(); i-- > 0;) {
    sorted[i] = std::min(sorted[i], i + 1 == sorted.size() ? height : sorted[i + 1] - gap);
  }
  for (std::size_t i = 0; i < sorted.size(); ++i)
    sorted[i] = std::max(sorted[i], i == 0 ? 0 : sorted[i - 1] + gap);

  std::vector<double> places(labels.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = sorted[i];
  return places;
}

std::string end_labels(const std::vector<EndLabel>& labels, double height) {
  const auto places = apart(labels, kLineGap, height);
  std::string text = "<svg class=\"ends\" x=\"100%\" width=\"140\" overflow=\"visible\">\n";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text += fmt::format("<path class=\"line {}\" d=\"M1 {}L7 {}h9\"/>", labels[i].css_class,
                        tenth(labels[i].y), tenth(places[i]));
    text += fmt::format("<text class=\"end-label\" x=\"20\" y=\"{}\">{}", tenth(places[i] + 4),
                        escaped(labels[i].name));
    if (!labels[i].value.empty())
      text += fmt::format("<tspan class=\"roomy\"> {}</tspan>", escaped(labels[i].value));
    text += "</text>\n";
  }
  return text + "</svg>\n";
}

}  // namespace ctt::report
