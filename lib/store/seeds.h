#pragma once

#include "store/datasets.h"
#include "store/packs.h"

#include <span>
#include <vector>

namespace ctt::store {

/// The datasets ctt brings along: `btc-1h` (BTC/USD hourly from Alpaca) and `synthetic-1h`
/// (regime switching, seed 7).
std::vector<Dataset> seeded_datasets();

/// Stores packs and datasets that are not there; those that are stay as they are. Their time
/// stamps become `now`. Returns how many were new.
std::size_t seed(Transaction& change, std::span<const PackRow> packs, std::span<const Dataset> datasets,
                 base::Instant now);

}  // namespace ctt::store
