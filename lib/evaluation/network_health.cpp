#include "evaluation/network_health.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "evaluation/backtest.h"
#include "evaluation/symmetric_eigenvalues.h"

namespace ctt::evaluation {

namespace {

// The products of all pairs of rows, or of columns when these are fewer, [n x n], each pair once: their
// eigenvalues are the squares of the singular values. Four components at a time, which takes half as long.
std::vector<double> gram(std::span<const float> matrix, std::size_t rows, std::size_t columns) {
  constexpr std::size_t kAtOnce = 4;
  const bool by_rows = rows <= columns;
  const std::size_t n = by_rows ? rows : columns;
  const std::size_t length = by_rows ? columns : rows;
  std::vector<double> products(n * n);
  std::vector<std::array<double, kAtOnce>> parts(n);
  for (std::size_t first = 0; first < length; first += kAtOnce) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < kAtOnce; ++k) {
        const std::size_t at = first + k;
        const bool there = at < length;
        parts[i][k] =
            there ? static_cast<double>(by_rows ? matrix[i * columns + at] : matrix[at * columns + i]) : 0;
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      const auto [a, b, c, d] = parts[i];
      double* row = products.data() + i * n;
      for (std::size_t j = 0; j <= i; ++j)
        row[j] += a * parts[j][0] + b * parts[j][1] + c * parts[j][2] + d * parts[j][3];
    }
  }
  return products;
}

// Units of a layer [rows x width] that hardly answer.
std::size_t dormant_units(std::span<const float> activations, std::size_t rows) {
  const std::size_t width = activations.size() / rows;
  std::vector<double> sums(width);
  double total = 0;
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const double size = std::abs(static_cast<double>(activations[i]));
    sums[i % width] += size;
    total += size;
  }
  const double limit = kDormantUpTo * total / static_cast<double>(width);
  return static_cast<std::size_t>(std::ranges::count_if(sums, [&](double sum) { return sum <= limit; }));
}

bool finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

std::vector<float> observations_of(const policy::Policy& policy, const market::Window& window) {
  const auto& contract = policy.contract();
  const auto data = environment::MarketData::make(contract.features, window.series.candles, window.warm_up,
                                                  contract.window_size);
  const std::size_t bars = data->rows() - 1 - data->first_full_row(contract.window_size);
  const std::size_t taken = std::min(bars, kHealthObservations);
  environment::Episode episode(data, settings_of(contract));
  std::vector<float> observations;
  std::vector<float> observation(contract.network.inputs);
  for (std::size_t bar = 0, next = 0; !episode.done() && next < taken; ++bar, episode.step(0)) {
    if (bar != next * bars / taken) continue;
    episode.observe(observation);
    observations.insert(observations.end(), observation.begin(), observation.end());
    ++next;
  }
  return observations;
}

}  // namespace

double effective_rank(std::span<const float> matrix, std::size_t rows, std::size_t columns) {
  if (matrix.size() != rows * columns)
    throw std::invalid_argument("the matrix is not of so many rows and columns");
  auto squares = symmetric_eigenvalues(gram(matrix, rows, columns), std::min(rows, columns));
  if (squares.empty()) return 0;
  const double negligible = 1e-14 * std::ranges::max(squares);
  double sum = 0;
  double logs = 0;
  for (const double square : squares) {
    if (!(square > negligible)) continue;
    const double value = std::sqrt(square);
    sum += value;
    logs += value * std::log(value);
  }
  return sum > 0 ? std::exp(std::log(sum) - logs / sum) : 0;
}

std::optional<NetworkHealth> network_health(const policy::Policy& policy,
                                            std::span<const float> observations) {
  const std::size_t rows = observations.size() / policy.contract().network.inputs;
  if (rows == 0) throw std::invalid_argument("there is no observation; the network's health needs one");
  const auto layers = policy.hidden(observations, rows);
  if (layers.empty() || !std::ranges::all_of(layers, finite)) return std::nullopt;
  std::size_t units = 0;
  std::size_t dormant = 0;
  for (const auto& layer : layers) {
    units += layer.size() / rows;
    dormant += dormant_units(layer, rows);
  }
  return NetworkHealth{.weight_norm = policy.weight_norm(),
                       .dormant_share = static_cast<double>(dormant) / static_cast<double>(units),
                       .effective_rank = effective_rank(layers.back(), rows, layers.back().size() / rows)};
}

std::optional<NetworkHealth> network_health(const policy::Policy& policy, const market::Window& window) {
  return network_health(policy, observations_of(policy, window));
}

}  // namespace ctt::evaluation
