#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/experiments.h"

namespace ctt::store {

/// Which experiments are wanted, and in which order.
struct ExperimentSearch : ExperimentQuery {
  /// Every word of it is somewhere in the name, id, pack, dataset, tags or message; the case of a
  /// to z does not matter. At most 16 different ones.
  std::string words;
  /// `name`, `status`, `started_at`, `took`, `hp_pack_id`, `dataset_id`, `tags`, `total_iterations`, or a number of
  /// `final_metrics`.
  std::string order_by = "started_at";
  bool ascending = false;
};

struct ExperimentPage {
  std::vector<Experiment> experiments;
  std::int64_t total = 0;  ///< that are like the search, on all pages
};

namespace experiments {

/// One page, `limit` from `offset` on. What has no such value comes last, equal ones newest first. A running one has
/// taken the time until `now`. Throws Error(usage) when `order_by` is no such name, or the words
/// are too many.
ExperimentPage search(Database& database, const ExperimentSearch& search, base::Instant now);

}  // namespace experiments
}  // namespace ctt::store
