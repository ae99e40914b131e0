#include "evaluation/overfitting.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "evaluation/finite.h"
#include "evaluation/moments.h"

namespace ctt::evaluation {

namespace {

struct Block {
  double mean = 0;
  double squares = 0;  ///< sum of squared distances from the mean
};

/// One strategy's returns, block by block, from which the ratio of any choice of blocks follows without the
/// bars.
struct Strategy {
  std::vector<Block> blocks;
  double bars_a_block = 0;

  double sharpe(std::uint32_t chosen) const;
};

double Strategy::sharpe(std::uint32_t chosen) const {
  const double count = std::popcount(chosen);
  double mean = 0;
  for (std::uint32_t left = chosen; left != 0; left &= left - 1) mean += blocks[std::countr_zero(left)].mean;
  mean /= count;
  double squares = 0;
  for (std::uint32_t left = chosen; left != 0; left &= left - 1) {
    const auto& block = blocks[std::countr_zero(left)];
    const double off = block.mean - mean;
    squares += block.squares + bars_a_block * off * off;
  }
  const double deviation = std::sqrt(squares / (count * bars_a_block - 1));
  // Equal returns differ from their mean by a rounding only.
  if (deviation <= 1e-13 * std::abs(mean)) {
    return mean == 0 ? 0 : std::copysign(std::numeric_limits<double>::infinity(), mean);
  }
  return mean / deviation;
}

Strategy cut(std::span<const double> returns, std::size_t blocks) {
  const std::size_t length = returns.size() / blocks;
  auto rest = returns.last(length * blocks);
  Strategy out{.blocks = {}, .bars_a_block = static_cast<double>(length)};
  for (; !rest.empty(); rest = rest.subspan(length)) {
    Block block{.mean = mean(rest.first(length))};
    for (const double r : rest.first(length)) block.squares += (r - block.mean) * (r - block.mean);
    out.blocks.push_back(block);
  }
  return out;
}

void require_shape(std::span<const std::vector<double>> returns, std::size_t blocks) {
  if (returns.size() < 2) {
    throw std::invalid_argument(
        fmt::format("{} strategies were given; overfitting shows among two or more", returns.size()));
  }
  if (blocks < 2 || blocks > 24 || blocks % 2 != 0) {
    throw std::invalid_argument(fmt::format("blocks is {}; give an even number from 2 to 24", blocks));
  }
  const std::size_t bars = returns.front().size();
  for (std::size_t k = 0; k < returns.size(); ++k) {
    require_finite(fmt::format("returns[{}]", k), returns[k]);
    if (returns[k].size() == bars && bars >= std::max<std::size_t>(4, blocks)) continue;
    throw std::invalid_argument(
        fmt::format("returns[{}] has {} bars and returns[0] {}; give all of them the same bars, at least {}",
                    k, returns[k].size(), bars, std::max<std::size_t>(4, blocks)));
  }
}

// 1 = worst; equals share the mean of their ranks.
double rank(std::span<const double> values, std::size_t of) {
  const auto worse = std::ranges::count_if(values, [&](double value) { return value < values[of]; });
  const auto equal = std::ranges::count(values, values[of]);
  return static_cast<double>(worse) + static_cast<double>(equal + 1) / 2;
}

// The next larger number with as many bits set (Gosper).
std::uint32_t next_choice(std::uint32_t choice) {
  const std::uint32_t lowest = choice & (0 - choice);
  const std::uint32_t ripple = choice + lowest;
  return ripple | (((choice ^ ripple) / lowest) >> 2);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

Overfitting overfitting(std::span<const std::vector<double>> returns, std::size_t blocks) {
  require_shape(returns, blocks);
  std::vector<Strategy> strategies;
  for (const auto& series : returns) strategies.push_back(cut(series, blocks));
  const std::size_t count = strategies.size();

  Overfitting out;
  out.best_counts.resize(count);
  std::vector<double> within(count);
  std::vector<double> outside(count);
  std::size_t losses = 0;
  const std::uint32_t all = (std::uint32_t{1} << blocks) - 1;
  for (std::uint32_t choice = (std::uint32_t{1} << blocks / 2) - 1; choice <= all;
       choice = next_choice(choice)) {
    for (std::size_t k = 0; k < count; ++k) {
      within[k] = strategies[k].sharpe(choice);
      outside[k] = strategies[k].sharpe(all & ~choice);
    }
    const auto best = static_cast<std::size_t>(std::ranges::max_element(within) - within.begin());
    ++out.best_counts[best];
    if (outside[best] < 0) ++losses;
    const double place = rank(outside, best) / static_cast<double>(count + 1);
    out.logits.push_back(std::log(place / (1 - place)));
  }
  const auto choices = static_cast<double>(out.logits.size());
  // A rank in the very middle has a logit of 0, up to rounding.
  const auto not_better = std::ranges::count_if(out.logits, [](double logit) { return logit <= 1e-12; });
  out.probability = static_cast<double>(not_better) / choices;
  out.loss_share = static_cast<double>(losses) / choices;
  out.median_logit = median(out.logits);
  return out;
}

}  // namespace ctt::evaluation
