#include "evaluation/evaluate.h"

#include <algorithm>
#include <cmath>

#include "evaluation/block_length.h"

namespace ctt::evaluation {

namespace {

using environment::MarketData;

std::shared_ptr<const MarketData> data_for(const policy::Policy& policy, const market::Window& window) {
  const auto& contract = policy.contract();
  return MarketData::make(contract.features, window.series.candles, window.warm_up, contract.window_size);
}

base::Seconds seen_until(const policy::Policy& policy) {
  const auto& text = policy.lineage().data_seen_until;
  return text.empty() ? base::Seconds::max()
                      : std::chrono::floor<std::chrono::seconds>(base::parse_time(text));
}

std::vector<double> probabilities(std::span<const float> logits) {
  const float highest = *std::ranges::max_element(logits);
  std::vector<double> p;
  double sum = 0;
  for (const float logit : logits) sum += p.emplace_back(std::exp(static_cast<double>(logit - highest)));
  for (double& x : p) x /= sum;
  return p;
}

// KL(p, q) = sum p ln(p/q).
double divergence(std::span<const float> p_logits, std::span<const float> q_logits) {
  const auto p = probabilities(p_logits);
  const auto q = probabilities(q_logits);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] > 0) sum += p[i] * std::log(p[i] / std::max(q[i], 1e-12));
  }
  return sum;
}

// Over the observations of an account that never trades, so that both policies see the same.
double mean_kl(const policy::Policy& parent, const policy::Policy& candidate,
               const std::shared_ptr<const MarketData>& data, std::size_t bars) {
  auto settings = settings_of(candidate.contract());
  const std::size_t earliest = data->first_row + settings.window_size - 1;
  environment::Episode episode(data, settings,
                               std::max(earliest, data->rows() - std::min(data->rows(), bars + 1)));
  std::vector<float> observation(candidate.contract().network.inputs);
  std::vector<float> before(candidate.contract().network.actions);
  std::vector<float> after(before.size());
  policy::Policy::Scratch scratch;
  double sum = 0;
  std::size_t count = 0;
  for (; !episode.done(); episode.step(0), ++count) {
    episode.observe(observation);
    parent.logits(observation, before, scratch);
    candidate.logits(observation, after, scratch);
    sum += divergence(before, after);
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

double per_day(std::size_t trades, std::size_t bars, const market::Timeframe& timeframe) {
  const double days = std::chrono::duration<double, std::chrono::days::period>(timeframe.duration()).count() *
                      static_cast<double>(bars);
  return days > 0 ? static_cast<double>(trades) / days : 0;
}

Score score_on(const policy::Policy& policy, const std::shared_ptr<const MarketData>& data,
               const BacktestOptions& options) {
  Score score;
  score.report = backtest(policy, data, options);
  score.clean = score.report.first > seen_until(policy);
  score.fee_free_pnl_pct = backtest(policy, data, {.first = options.first, .cost_multiple = 0}).pnl_pct;
  score.trades_per_day = per_day(score.report.trades, score.report.bars, policy.contract().timeframe);
  return score;
}

// Both policies have the same first bar and so the same bars.
std::vector<double> paired_differences(const BacktestReport& candidate, const BacktestReport& parent) {
  std::vector<double> differences;
  for (std::size_t i = 1; i < candidate.equity.size() && i < parent.equity.size(); ++i) {
    differences.push_back(candidate.equity[i] / candidate.equity[i - 1] -
                          parent.equity[i] / parent.equity[i - 1]);
  }
  return differences;
}

// Blocks shorter than one bar are bars, and so are those of differences that are all equal.
double block_mean_of(const std::vector<double>& differences) {
  const auto automatic = automatic_block_length(differences);
  return automatic ? std::max(1.0, automatic->stationary) : 1;
}

Comparison compare(const policy::Policy& candidate, const policy::Policy& parent,
                   const std::shared_ptr<const MarketData>& data, base::Seconds held_back_from) {
  const auto seen = std::max(seen_until(candidate), seen_until(parent));
  const auto first = std::max(
      held_back_from, seen == base::Seconds::max() ? seen : seen + candidate.contract().timeframe.duration());
  if (first > data->candles.back().open_time) return {};
  const auto ours = backtest(candidate, data, {.first = first});
  const auto theirs = backtest(parent, data, {.first = first, .costs = candidate.contract().costs});
  Comparison comparison;
  comparison.bars = ours.bars;
  comparison.candidate_trades = ours.trades;
  comparison.candidate_pct = ours.pnl_pct;
  comparison.parent_pct = theirs.pnl_pct;
  const auto differences = paired_differences(ours, theirs);
  comparison.block_mean = block_mean_of(differences);
  comparison.difference = stationary_bootstrap(
      differences, {.block_mean = comparison.block_mean, .seed = candidate.lineage().seed});
  return comparison;
}

}  // namespace

Score score(const policy::Policy& policy, const market::Window& window, base::Seconds first,
            const std::optional<market::Costs>& costs) {
  return score_on(policy, data_for(policy, window), {.first = first, .costs = costs});
}

std::optional<Score> score_prequentially(const policy::Policy& served, const market::Window& window,
                                         const std::optional<market::Costs>& costs) {
  const auto seen = seen_until(served);
  if (window.last() <= seen) return std::nullopt;
  return score(served, window, seen + window.series.timeframe.duration(), costs);
}

Evaluation evaluate(const policy::Policy& candidate, const policy::Policy& parent,
                    const market::Window& window, std::size_t held_back) {
  const auto data = data_for(candidate, window);
  const auto whole = score_on(candidate, data, {.first = window.first()});
  Evaluation evaluation;
  evaluation.costs = candidate.contract().costs;
  evaluation.finite = whole.report.finite;
  evaluation.window_trades = whole.report.trades;
  if (held_back == 0) return evaluation;
  const auto first = window.series.candles[window.series.candles.size() - held_back].open_time;
  evaluation.candidate = score_on(candidate, data, {.first = first});
  evaluation.parent = score_on(parent, data, {.first = first, .costs = evaluation.costs});
  evaluation.clean = compare(candidate, parent, data, first);
  evaluation.kl_parent = mean_kl(parent, candidate, data, held_back);
  return evaluation;
}

}  // namespace ctt::evaluation
