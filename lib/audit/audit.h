#pragma once

#include "audit/fill_walk.h"
#include "audit/session_replay.h"

namespace ctt::audit {

/// Why a decision is not what the replay decided on the same bar.
enum class Cause {
  overridden,        ///< a limit of risk, stale data and so on: the word stands on the decision
  swap,              ///< another model decided than was in service
  missing_bar,       ///< the dataset has no such bar, or too few before it
  revised_bar,       ///< the bar, or one that the features remember, has another close now
  earlier_position,  ///< the policy looks at an account whose history is not known
  not_filled,        ///< the order came to nothing: rejected, cancelled or expired
  account,           ///< the same policy on another account, which an earlier difference left
  unexplained,
};
std::string_view name(Cause cause);

struct DecisionDifference {
  base::Seconds bar{};
  std::int64_t model_version = 0, replayed_version = 0;
  int action = 0;
  market::Side side = market::Side::none;
  std::optional<int> replayed_action{};  ///< nothing: the replay did not decide on the bar
  market::Side replayed_side = market::Side::none;
  std::optional<int> recomputed{};  ///< the recorded model's action on the recorded account, made again
  Cause cause = Cause::unexplained;
  std::string word{};  ///< of `overridden`: the override's, else the cause's

  bool explained() const { return cause != Cause::unexplained; }
};

/// What a session has more than its replay at the last bar, quote currency, part by part. The parts come of one
/// account that is changed from the replay's into the recorded one step by step, so they add up.
struct GapParts {
  double missed_bars = 0;  ///< the replay that sees the recorded bars alone, against that of all bars
  double decisions = 0;    ///< what was decided and ordered, at the replay's prices and fees
  double prices = 0;       ///< the prices of the fills against those that the replay assumes
  double fees = 0;
  double unexplained = 0;  ///< the recorded equity against what follows from the fills

  double total() const { return missed_bars + decisions + prices + fees + unexplained; }
  GapParts& operator+=(const GapParts& more);
};

/// The gap that came up while a model was in service.
struct ModelGap {
  std::int64_t version = 0;
  std::size_t decisions = 0;
  GapParts gap{};
};

/// A session held against its replay.
struct SessionAudit {
  std::vector<TimelineBar> timeline{};  ///< points into the record
  std::vector<InService> models{};
  ReplayedSession replayed{};
  WalkedAccount recorded{};  ///< [timeline], the recorded equity; between decisions what the fills make of it

  std::size_t decisions = 0, as_replayed = 0;
  std::size_t recomputed_same = 0, without_bar = 0, without_account = 0;
  std::vector<DecisionDifference> recomputed_different{};  ///< whatever the replay did
  std::vector<DecisionDifference> differences{};
  std::vector<FillComparison> fills{};
  std::vector<base::Seconds> missed{};   ///< the replay decided on them, the trader did not
  std::vector<base::Seconds> missing{};  ///< the trader decided on them, the dataset lacks them

  GapParts gap{};
  std::vector<ModelGap> by_model{};
  double rounding = 0;  ///< an unexplained rest up to this is what brokers round off

  std::size_t unexplained_decisions() const;
  bool rest_explained() const;
  /// No difference that nobody explains.
  bool explained() const { return unexplained_decisions() == 0 && rest_explained(); }
};

/// - `record` outlives what is returned.
/// - `bars`: of the dataset, `record.bars_needed()`, as its source has them. What a trader would refuse is none.
///
/// Throws Error(data_blocked) when the dataset has none of the bars, and what loading a model throws.
SessionAudit audit_session(const SessionRecord& record, market::CandleSeries bars,
                           const PolicyByHash& policy_of);

}  // namespace ctt::audit
