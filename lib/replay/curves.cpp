#include "replay/curves.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "evaluation/stationary_bootstrap.h"
#include "replay/comparison.h"
#include "replay/metrics.h"

namespace ctt::replay {

namespace {

using Lineages = std::vector<const LineageRun*>;

constexpr std::size_t kInstantsMax = 600;
constexpr std::size_t kWindowDays = 90;

double net_return(const LineageRun* lineage) {
  const auto& equity = lineage->account.equity;
  return equity.empty() ? 0 : equity.back() / equity.front();
}

std::size_t shortest(const std::vector<Lineages>& arms) {
  auto bars = arms.front().front()->account.equity.size();
  for (const auto& seeds : arms) {
    for (const auto* lineage : seeds) bars = std::min(bars, lineage->account.equity.size());
  }
  return bars;
}

std::vector<std::size_t> instants(std::size_t bars) {
  const auto count = std::min(bars, kInstantsMax);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(count == 1 ? 0 : i * (bars - 1) / (count - 1));
  return rows;
}

std::vector<double> drawdown_pct(const std::vector<double>& equity) {
  std::vector<double> drawdown;
  double peak = 0;
  for (const double worth : equity) {
    peak = std::max(peak, worth);
    drawdown.push_back(100 * (worth / peak - 1));
  }
  return drawdown;
}

void add_arm(base::JsonWriter& json, const Lineages& seeds, const std::vector<std::size_t>& rows) {
  const auto drawdown = drawdown_pct(middle_of(seeds).account.equity);
  std::vector<double> median, low, high, depth;
  for (const auto row : rows) {
    std::vector<double> values;
    for (const auto* lineage : seeds) values.push_back(lineage->account.equity[row]);
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    median.push_back(values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    low.push_back(values.front());
    high.push_back(values.back());
    depth.push_back(drawdown[row]);
  }
  json.object().field("arm", name(seeds.front()->arm)).field("median", median);
  json.field("low", low).field("high", high).field("drawdown_pct", depth).end();
}

// Mean over seeds of the difference of log returns, with a leading 0 so that it has a value a bar.
std::vector<double> mean_difference(const Lineages& arm, const Lineages& against, std::size_t bars) {
  std::vector<double> mean(bars);
  for (std::size_t seed = 0; seed < arm.size(); ++seed) {
    const auto ours = log_returns_of(arm[seed]->account);
    const auto theirs = log_returns_of(against[std::min(seed, against.size() - 1)]->account);
    for (std::size_t i = 1; i < bars; ++i)
      mean[i] += (ours[i - 1] - theirs[i - 1]) / static_cast<double>(arm.size());
  }
  return mean;
}

void add_difference(base::JsonWriter& json, const Lineages& arm, const Lineages& against,
                    const std::vector<std::size_t>& rows, const market::Timeframe& timeframe) {
  const double a_year = bars_a_year(timeframe);
  const auto window = std::max<std::size_t>(2, static_cast<std::size_t>(kWindowDays * a_year / 365));
  const auto differences = mean_difference(arm, against, rows.back() + 1);
  std::vector<std::optional<double>> mean, low, high;
  for (const auto row : rows) {
    std::optional<double> one, lower, upper;
    if (row >= window) {
      const std::span span(differences.data() + row + 1 - window, window);
      double sum = 0;
      for (const double value : span) sum += value;
      const double at = sum / static_cast<double>(window);
      const double error = 1.645 * std::sqrt(evaluation::resampled_mean_variance(
                                       span, std::cbrt(static_cast<double>(window))));
      one = 100 * a_year * at;
      lower = 100 * a_year * (at - error);
      upper = 100 * a_year * (at + error);
    }
    mean.push_back(one);
    low.push_back(lower);
    high.push_back(upper);
  }
  json.object().field("arm", name(arm.front()->arm)).field("against", name(against.front()->arm));
  json.field("window_days", kWindowDays)
      .field("mean_pct", mean)
      .field("low_pct", low)
      .field("high_pct", high)
      .end();
}

const Lineages* lineages_of(const std::vector<Lineages>& arms, std::optional<Arm> arm) {
  const auto found =
      std::ranges::find_if(arms, [&](const Lineages& seeds) { return arm && seeds.front()->arm == *arm; });
  return found == arms.end() ? nullptr : &*found;
}

// Round edges around 0, some twenty bins over what there is.
std::vector<double> edges_over(const std::vector<double>& values) {
  double widest = 0;
  for (const double value : values) widest = std::max(widest, std::abs(value));
  const double wanted = std::max(widest / 10, 0.01);
  const double power = std::pow(10, std::floor(std::log10(wanted)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= wanted) step = factor * power;
  }
  std::vector<double> edges;
  const auto bins = static_cast<int>(std::ceil(widest / step));
  for (int i = -std::max(1, bins); i <= std::max(1, bins); ++i) edges.push_back(i * step);
  return edges;
}

}  // namespace

const LineageRun& middle_of(const std::vector<const LineageRun*>& seeds) {
  auto sorted = seeds;
  std::ranges::stable_sort(sorted, {}, net_return);
  return *sorted[(sorted.size() - 1) / 2];
}

std::string curves_json(const std::vector<Lineages>& arms, std::optional<Arm> arm, std::optional<Arm> against,
                        const market::Timeframe& timeframe) {
  const auto rows = instants(shortest(arms));
  base::JsonWriter json;
  json.object().key("times").array();
  for (const auto row : rows) json.value(arms.front().front()->account.times[row]);
  json.end().key("arms").array();
  for (const auto& seeds : arms) add_arm(json, seeds, rows);
  json.end().key("difference");
  const auto* ours = lineages_of(arms, arm);
  const auto* theirs = lineages_of(arms, against);
  if (ours != nullptr && theirs != nullptr && !rows.empty())
    add_difference(json, *ours, *theirs, rows, timeframe);
  else
    json.value(nullptr);
  return json.end().text();
}

std::map<std::string, double> growth_by(Period period, const AccountHistory& account) {
  const std::size_t digits = period == Period::day ? 10 : 7;
  std::map<std::string, double> growth;
  for (std::size_t i = 1; i < account.equity.size(); ++i) {
    const auto when = base::to_rfc3339(account.times[i]).substr(0, digits);
    growth.try_emplace(when, 1.0).first->second *= account.equity[i] / account.equity[i - 1];
  }
  return growth;
}

std::string months_json(const std::vector<Lineages>& arms) {
  base::JsonWriter json;
  json.array();
  for (const auto& seeds : arms) {
    for (const auto& [month, factor] : growth_by(Period::month, middle_of(seeds).account)) {
      json.object().field("arm", name(seeds.front()->arm)).field("month", month);
      json.field("return_pct", 100 * (factor - 1)).end();
    }
  }
  return json.end().text();
}

std::string trade_returns_json(const std::vector<Lineages>& arms) {
  std::vector<std::vector<double>> by_arm;
  std::vector<double> all;
  for (const auto& seeds : arms) {
    auto& values = by_arm.emplace_back();
    for (const auto* lineage : seeds) {
      for (const auto& trip : round_trips(lineage->fills)) values.push_back(100 * trip.return_fraction);
    }
    all.insert(all.end(), values.begin(), values.end());
  }
  const auto edges = edges_over(all);  // one scale, so that the arms can be compared
  base::JsonWriter json;
  json.array();
  for (std::size_t i = 0; i < arms.size(); ++i) {
    if (by_arm[i].empty()) continue;
    std::vector<std::size_t> counts(edges.size() - 1);
    for (const double value : by_arm[i]) {
      const auto above = std::ranges::upper_bound(edges, value) - edges.begin();
      ++counts[static_cast<std::size_t>(
          std::clamp<long>(above - 1, 0, static_cast<long>(counts.size()) - 1))];
    }
    json.object().field("arm", name(arms[i].front()->arm));
    json.field("edges_pct", edges).field("counts", counts).end();
  }
  return json.end().text();
}

}  // namespace ctt::replay
