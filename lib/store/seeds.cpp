#include "store/seeds.h"

namespace ctt::store {

namespace {

constexpr auto kFeatures =
    R"([{"type":"returns"},{"type":"rsi"},{"type":"sma_trend"},{"type":"trend_strength"},)"
    R"({"type":"volatility"},{"type":"volume_ratio"},{"type":"bollinger_position"}])";

}  // namespace

std::vector<Dataset> seeded_datasets() {
  Dataset market;
  market.id = market.name = "btc-1h";
  market.description = "BTC/USD, hourly bars from Alpaca";
  market.source_type = "alpaca";
  market.source_config = R"({"symbol":"BTC/USD","timeframe":"1h"})";
  market.features = kFeatures;

  Dataset synthetic;
  synthetic.id = synthetic.name = "synthetic-1h";
  synthetic.description = "made-up hourly bars of a market that switches between calm, rise, fall and storm";
  synthetic.source_type = "synthetic";
  synthetic.source_config = R"({"symbol":"BTC/USD","timeframe":"1h","seed":7,"regime":"regimes"})";
  synthetic.features = kFeatures;
  return {market, synthetic};
}

std::size_t seed(Transaction& change, std::span<const PackRow> packs, std::span<const Dataset> datasets,
                 base::Instant now) {
  std::size_t added = 0;
  for (auto pack : packs) {
    if (packs::find(change, pack.id)) continue;
    pack.created_at = pack.updated_at = now;
    packs::insert(change, pack);
    ++added;
  }
  for (auto dataset : datasets) {
    if (datasets::find(change, dataset.id)) continue;
    dataset.created_at = dataset.updated_at = now;
    datasets::insert(change, dataset);
    ++added;
  }
  return added;
}

}  // namespace ctt::store
