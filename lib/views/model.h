#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "store/models.h"

namespace ctt::views {

/// Where a model trades, and since when.
struct LiveModel {
  std::string schedule_id;
  std::int64_t version = 0;
  base::Instant since{};
};

/// What each schedule's trader serves, as far as it has said.
std::vector<LiveModel> live_models(store::Database& database);

/// Those of `all` that are this version.
std::vector<LiveModel> live_of(const std::vector<LiveModel>& all, std::int64_t version);

/// The fields of a model, into an object that is open; `live`: where this one trades.
void add_model(base::JsonWriter& json, const store::Model& model, const std::vector<LiveModel>& live);

}  // namespace ctt::views
