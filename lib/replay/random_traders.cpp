#include "replay/random_traders.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace ctt::replay {

namespace {

// Chances of a change over in a bar.
struct Chances {
  double enter = 0;
  double leave = 0;
};

// In the long run a chain that enters with chance p and leaves with chance q is in for p / (p + q) of the bars and
// enters in p q / (p + q) of them.
std::optional<Chances> chances_like(const LineageRun& lineage) {
  const auto& account = lineage.account;
  const auto bars = static_cast<double>(account.equity.size());
  const auto in = static_cast<double>(
      std::ranges::count_if(account.position_value, [](double value) { return value > 0; }));
  double turned_over = 0;
  for (std::size_t i = 0; i < account.equity.size(); ++i)
    turned_over += account.traded[i] / account.equity[i];
  const double entries = turned_over / 2;
  if (entries <= 0 || in <= 0) return std::nullopt;
  return Chances{.enter = std::min(1.0, entries / std::max(1.0, bars - in)),
                 .leave = std::min(1.0, entries / in)};
}

}  // namespace

std::optional<RandomBand> random_band(const LineageRun& like, std::span<const market::Candle> bars,
                                      double cost_fraction, std::uint64_t seed, std::size_t draws) {
  const auto chances = chances_like(like);
  if (!chances || bars.size() < 2) return std::nullopt;
  std::vector<double> log_returns(bars.size() - 1);
  for (std::size_t i = 1; i < bars.size(); ++i)
    log_returns[i - 1] = std::log(bars[i].close / bars[i - 1].close);
  const double cost = std::log1p(-cost_fraction);
  base::Random random(seed);
  std::vector<double> results(draws);
  for (double& result : results) {
    double growth = 0;
    bool in = false;
    for (const double change : log_returns) {
      if (random.uniform() < (in ? chances->leave : chances->enter)) {
        in = !in;
        growth += cost;
      }
      if (in) growth += change;
    }
    result = 100 * std::expm1(growth);
  }
  std::ranges::sort(results);
  const auto quantile = [&](double share) {
    return results[static_cast<std::size_t>(share * static_cast<double>(draws - 1))];
  };
  return RandomBand{.like = like.arm,
                    .draws = draws,
                    .low_pct = quantile(0.05),
                    .median_pct = quantile(0.5),
                    .high_pct = quantile(0.95)};
}

}  // namespace ctt::replay
