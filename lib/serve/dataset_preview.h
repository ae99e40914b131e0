#pragma once

#include <string>

#include "base/time.h"
#include "store/datasets.h"

namespace ctt::serve {

/// A look at what a dataset gives: `{rows, columns, date_range, ohlcv_sample, feature_stats}` as JSON.
///
/// Of the stored bars or, when there are none, of the file or generator; never of the network. `rows`
/// counts all there are; columns, the sample (the newest 20) and the statistics are those of the newest
/// 5,000. Numbers are null where there is nothing to count. Throws what reading the source throws.
std::string dataset_preview(store::Database& database, const store::Dataset& dataset, base::Instant now);

}  // namespace ctt::serve
