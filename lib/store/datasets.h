#pragma once

#include "base/time.h"
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
  std::string source_config = "{}";  ///< JSON object; always has `symbol` and `timeframe`
  std::string features = "[]";       ///< JSON list of feature specs
  std::string split_config = "{}";   ///< JSON object
  base::Instant created_at{};
  base::Instant updated_at{};

  /// Whose candles these are. Throws Error(usage) when source_config has no symbol or timeframe.
  SeriesKey series() const;
  /// source_config without symbol and timeframe: what `market::open_source` reads.
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
