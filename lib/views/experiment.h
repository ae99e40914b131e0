#pragma once

#include <map>
#include <string>

#include "base/json.h"
#include "store/database.h"
#include "store/experiments.h"

namespace ctt::views {

/// Training runs as dashboards of this kind know them.
///
/// `config` is completed by what names mean today (pack, dataset), `final_metrics` by nulls for the
/// numbers that a run without an end does not have yet. A cancelled run has the status `pruned`: it was
/// stopped early and its work is kept; `cancelled` then is true.
class ExperimentView {
 public:
  explicit ExperimentView(store::Database& database) : database_(database) {}

  /// The fields of one, into an object that is open.
  void add(base::JsonWriter& json, const store::Experiment& experiment);

  /// `final_metrics` alone: an object that has at least the keys of the contract.
  static std::string final_metrics(const store::Experiment& experiment);

 private:
  /// What is known of a pack or a dataset under its id, read once.
  using Fields = std::map<std::string, std::string>;  // JSON by key

  std::string config(const store::Experiment& experiment);
  const Fields& of_pack(const std::string& id);
  const Fields& of_dataset(const std::string& id);

  store::Database& database_;
  std::map<std::string, Fields> packs_;
  std::map<std::string, Fields> datasets_;
};

}  // namespace ctt::views
