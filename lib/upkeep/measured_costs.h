#pragma once

#include <optional>
#include <string>

#include "market/costs.h"
#include "store/state_context.h"

namespace ctt::upkeep {

/// What trading on a schedule's account has cost, beside what the model in service was trained for.
///
/// Of the newest 100 fills on the account: medians, because the price moves between the close that was decided on
/// and the fill, to either side. Replays do not count.
struct MeasuredCosts {
  std::size_t fills = 0;
  double side_bp = 0;      ///< median of fee + slippage of a fill; 0 without fills
  double fee_bp = 0;       ///< median of the fees
  double slippage_bp = 0;  ///< median of what the price was worse than the decision bar's close
  std::optional<std::int64_t>
      model_version{};  ///< in service; nothing: none was confirmed, or its file is gone
  std::optional<market::Costs> trained_for{};  ///< of that model

  /// Over at least 20 fills, more than 1.5 times what the model was trained for.
  bool above_trained() const;
  /// The measured costs as settings: the fee, and the slippage as half spread when it is none below 0.
  market::Costs as_costs() const;
};

MeasuredCosts measured_costs(const store::StateContext& state, const std::string& schedule_id);

/// `31.2 bp a side over 48 fills (fee 25.0, price 6.2); v12 was trained for 29.5`
std::string text_of(const MeasuredCosts& measured);

}  // namespace ctt::upkeep
