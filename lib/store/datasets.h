#pragma once

#include "base/time.h"
#include "market/costs.h"
#include "store/candles.h"
#include "store/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// Where candles come from and what is computed from them.
struct Dataset {
  std::string id;  ///< a slug
  std::string name;
  std::string description;
  std::string source_type;           ///< alpaca, csv, synthetic
  std::string source_config = "{}";  ///< JSON object; always has `symbol` and `timeframe`, may have `costs`
  std::string features = "[]";       ///< JSON list of feature specs
  std::string split_config = "{}";   ///< JSON object
  base::Instant created_at{};
  base::Instant updated_at{};

  /// Whose candles these are. Throws Error(usage) when source_config has no symbol or timeframe.
  SeriesKey series() const;
  /// What trading costs where these candles come from: those it was created with, else the first tier of
  /// Alpaca for candles of Alpaca, else nothing. Throws Error(usage) when source_config has none such.
  std::optional<market::Costs> costs() const;
  /// source_config without symbol, timeframe and costs: what `market::open_source` reads.
  std::string source_settings() const;
};

namespace datasets {

/// Throws Error(refused) when the id is taken, Error(usage) when a field does not fit.
void insert(Transaction& change, const Dataset& dataset);
/// Replaces all but id and created_at. Throws Error(not_found).
void update(Transaction& change, const Dataset& dataset);
/// Throws Error(refused) naming the schedule that uses it, Error(not_found). Its candles stay.
void remove(Transaction& change, std::string_view id);

std::optional<Dataset> find(Database& database, std::string_view id);
/// By id, name or unique prefix. Throws Error(not_found), Error(usage) when it is not unique.
Dataset get(Database& database, std::string_view reference);
std::vector<Dataset> list(Database& database);
std::vector<std::string> users(Database& database, std::string_view id);

}  // namespace datasets
}  // namespace ctt::store
