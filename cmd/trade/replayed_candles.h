#pragma once

#include "cmd/shell/context.h"
#include "cmd/trade/trade.h"
#include "market/series.h"
#include "policy/checkpoint.h"

namespace ctt::cmd {

/// The bars that `ctt trade --replay` names, of a file or of a dataset, from as many before --from as the features
/// warm up on, to --to. Throws what reading them throws, and Error(data_blocked) for a file of another timeframe.
market::CandleSeries replayed_candles(Context& context, const TradeRun& command,
                                      const policy::Contract& contract);

}  // namespace ctt::cmd
