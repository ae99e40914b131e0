#pragma once

#include "base/time.h"
#include "store/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// A named set of hyper-parameters; what its JSON means is the training folder's affair.
struct PackRow {
  std::string id;  ///< a slug
  std::string name;
  std::string description;
  std::string config = "{}";
  base::Instant created_at{};
  base::Instant updated_at{};
};

namespace packs {

/// Throws Error(refused) when the id is taken, Error(usage) when it is no slug.
void insert(Transaction& change, const PackRow& pack);
/// Replaces name, description and config. Throws Error(not_found).
void update(Transaction& change, const PackRow& pack);
/// Throws Error(refused) naming the schedule that uses it, Error(not_found).
void remove(Transaction& change, std::string_view id);

std::optional<PackRow> find(Database& database, std::string_view id);
/// By id, name or unique prefix. Throws Error(not_found), Error(usage) when it is not unique.
PackRow get(Database& database, std::string_view reference);
std::vector<PackRow> list(Database& database);
/// The schedules and experiments that name it: `schedule btc`, `experiment base-btc`.
std::vector<std::string> users(Database& database, std::string_view id);

}  // namespace packs
}  // namespace ctt::store
