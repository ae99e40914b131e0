#include "upkeep/measured_costs.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "models/schedule_contract.h"
#include "policy/checkpoint.h"
#include "store/deployments.h"
#include "store/live_trades.h"

namespace ctt::upkeep {

namespace {

constexpr std::size_t kFills = 100;
constexpr std::size_t kFillsToJudge = 20;
constexpr double kTolerated = 1.5;

template <class Number>
double median(const std::vector<store::FillCost>& costs, const Number& of) {
  std::vector<double> numbers;
  for (const auto& cost : costs) numbers.push_back(std::invoke(of, cost));
  std::ranges::sort(numbers);
  const auto middle = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

// A damaged file is another check's finding.
std::optional<market::Costs> costs_of(const store::StateContext& state, const std::string& sha256) {
  try {
    return policy::load(state.home.model(sha256), sha256).contract.costs;
  } catch (const base::Error& error) {
    if (!models::is_models_fault(error)) throw;
    return std::nullopt;
  }
}

double rounded(double basis_points) { return std::round(100 * basis_points) / 1e6; }

}  // namespace

bool MeasuredCosts::above_trained() const {
  return fills >= kFillsToJudge && trained_for && side_bp > kTolerated * 1e4 * trained_for->side();
}

market::Costs MeasuredCosts::as_costs() const {
  return {rounded(fee_bp), rounded(std::max(slippage_bp, 0.0))};
}

MeasuredCosts measured_costs(const store::StateContext& state, const std::string& schedule_id) {
  const auto costs = store::live_trades::newest_costs(state.database, schedule_id, kFills);
  if (costs.empty()) return {};
  MeasuredCosts measured{.fills = costs.size(),
                         .side_bp = median(costs, &store::FillCost::side_bp),
                         .fee_bp = median(costs, &store::FillCost::fee_bp),
                         .slippage_bp = median(costs, &store::FillCost::slippage_bp)};
  const auto served = store::deployments::served(state.database, schedule_id);
  if (!served) return measured;
  measured.trained_for = costs_of(state, served->sha256);
  if (measured.trained_for) measured.model_version = served->model_version;
  return measured;
}

std::string text_of(const MeasuredCosts& measured) {
  if (measured.fills == 0) return "none measured yet";
  auto text = fmt::format("{:.1f} bp a side over {} (fee {:.1f}, price {:.1f})", measured.side_bp,
                          measured.fills == 1 ? "1 fill" : fmt::format("{} fills", measured.fills),
                          measured.fee_bp, measured.slippage_bp);
  if (measured.trained_for)
    text += fmt::format("; v{} was trained for {:.1f}", *measured.model_version,
                        1e4 * measured.trained_for->side());
  return text;
}

}  // namespace ctt::upkeep
