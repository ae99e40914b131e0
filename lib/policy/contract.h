#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "features/features.h"
#include "market/costs.h"
#include "policy/network.h"

namespace ctt::policy {

/// What a policy was trained for; a trader takes only a checkpoint whose contract equals its own, costs apart:
/// they tell what it learned to pay, and change nothing of what it sees or does.
struct Contract {
  NetworkShape network;
  features::FeatureSet features;
  std::size_t window_size = 0;
  bool account_columns = false;
  std::string symbol;
  market::Timeframe timeframe;
  std::string action_scheme;
  std::map<std::string, double> action_parameters;
  market::Costs costs;
  std::string fill;

  /// The first difference, in words (`window_size is 17, not 10`), or nothing when they are equal. Costs are
  /// none: a schedule may learn that it pays more, and its models stay usable.
  std::optional<std::string> difference(const Contract& other) const;

  std::string json() const;
  /// Throws Error(usage) that names the key; every key must be there and no other, but for `half_spread`,
  /// which files of earlier versions lack: 0.
  static Contract parse(std::string_view json, const std::string& where);
};

/// Where a policy comes from.
struct Lineage {
  std::string experiment_id;
  std::string parent_sha256;                  ///< empty for a base policy
  std::optional<market::Costs> parent_costs;  ///< what the parent was trained for; nothing: not recorded
  std::int64_t cycle = 0;                     ///< 0 for a base policy
  std::string window_first, window_last;      ///< RFC 3339, opening times
  std::string snapshot_sha256;
  std::uint64_t seed = 0;
  std::string settings_sha256;
  double learning_rate = 0;     ///< as read back from the optimiser
  std::string data_seen_until;  ///< RFC 3339: the newest bar that this policy or an ancestor learned from
  std::string precision;        ///< of the training's products, `bfloat16`; empty: float32
  std::string ctt_version;

  bool operator==(const Lineage&) const = default;
  std::string json() const;
  static Lineage parse(std::string_view json, const std::string& where);
};

}  // namespace ctt::policy
