#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/parameter.h"
#include "market/costs.h"

namespace ctt::environment {

/// At which price an action of bar i is carried out: close[i], or open[i+1].
enum class Fill { close, next_open };

Fill parse_fill(std::string_view name);  ///< `close`, `next_open`. Throws Error(usage).
std::string_view name(Fill fill);

inline constexpr double kStepsMax = 1e6;  ///< of the parameters of schemes that count bars

/// An action scheme by name with its parameters, complete: defaults are filled in by `parse`.
/// docs/environment.md lists the schemes and their parameters.
struct ActionSchemeSpec {
  std::string name = "BSH";
  std::map<std::string, double> parameters;

  /// Throws Error(usage) for an unknown scheme, an unknown parameter or a value out of range.
  static ActionSchemeSpec parse(std::string_view name, const std::map<std::string, double>& parameters = {});
  /// 3, or 4 for the schemes with partial trades.
  int action_count() const;
  bool operator==(const ActionSchemeSpec&) const = default;
};

/// The parameters of a reward scheme as they are when nobody sets them.
std::map<std::string, double> reward_scheme_defaults(std::string_view name);

/// A reward scheme by name with its parameters, complete. Change the scheme through `parse`, not
/// by assigning `name`: parameters of another scheme are refused.
struct RewardSchemeSpec {
  std::string name = "ReturnPBR";
  std::map<std::string, double> parameters = reward_scheme_defaults("ReturnPBR");
  std::string return_algorithm = "sharpe";  ///< of RiskAdjustedReturns: sharpe, sortino; else sharpe

  static RewardSchemeSpec parse(std::string_view name, const std::map<std::string, double>& parameters = {},
                                std::string_view return_algorithm = "sharpe");
  /// Whether `return_algorithm` means something to the scheme.
  bool has_return_algorithm() const;
  bool operator==(const RewardSchemeSpec&) const = default;
};

std::vector<std::string> action_scheme_names();
std::vector<std::string> reward_scheme_names();

/// The columns about the account that an observation may carry, in this order.
inline constexpr std::size_t kAccountColumns = 3;  ///< invested fraction, unrealised return, bars held

/// Everything about the environment that is not market data.
struct EpisodeSettings {
  ActionSchemeSpec action_scheme{};
  RewardSchemeSpec reward_scheme{};
  Fill fill = Fill::next_open;
  market::Costs costs{.commission = 0.0005};
  double initial_cash = 10000;
  std::size_t window_size = 10;  ///< rows of features in an observation
  bool account_columns = false;
  std::size_t max_episode_steps = 0;  ///< 0: to the end of the data
  double max_allowed_loss = 0.5;      ///< fraction of the initial cash; 1: no limit
  double random_start_pct = 0;        ///< episodes start in this fraction of the data; 0: at its beginning

  /// An episode starts half as likely so many bars before the newest start there is; 0: all alike.
  double start_half_life = 0;

  bool operator==(const EpisodeSettings&) const = default;
};

/// The numbers among the settings but the costs, under the names that packs have for them.
std::span<const base::NumberMember<EpisodeSettings>> number_settings();

/// Throws Error(usage) that names the first setting out of range. Everything that takes Settings
/// calls it, so a caller need not.
void validate(const EpisodeSettings& settings);

/// Length of an observation: window rows x feature columns, then the account columns.
std::size_t observation_size(const EpisodeSettings& settings, std::size_t feature_columns);

}  // namespace ctt::environment
