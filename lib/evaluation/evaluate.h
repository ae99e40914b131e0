#pragma once

#include <optional>

#include "evaluation/backtest.h"
#include "evaluation/live_verdict.h"
#include "evaluation/network_health.h"
#include "evaluation/stationary_bootstrap.h"
#include "market/window.h"

namespace ctt::evaluation {

/// A policy's result on some bars, and whether its lineage had learned from any of them.
struct Score {
  BacktestReport report;
  bool clean = false;           ///< no bar of the range had been seen in training
  double fee_free_pnl_pct = 0;  ///< of the same range without costs
  double trades_per_day = 0;
};

/// Candidate against parent on the bars that neither lineage has learned from.
struct Comparison {
  std::size_t bars = 0;              ///< clean ones; 0: there were none
  std::size_t candidate_trades = 0;  ///< on them
  double candidate_pct = 0;          ///< net result on them
  double parent_pct = 0;
  double block_mean = 0;     ///< bars; of the blocks that were resampled, the automatic length
  ResampledMean difference;  ///< of net returns, candidate - parent, bar by bar
};

/// What a cycle knows about its candidate and its parent.
struct Evaluation {
  market::Costs costs{};             ///< that everything here was run at: those the candidate was trained for
  std::optional<Score> prequential;  ///< the served model on the bars that came since it was trained
  std::optional<Score> candidate;    ///< both on the bars that were held back from the learner
  std::optional<Score> parent;
  Comparison clean;                     ///< on the part of those bars that is clean for both
  std::optional<NetworkHealth> health;  ///< of the candidate
  std::optional<LiveVerdict> live;      ///< on what is served, the window's new bars included
  double kl_parent = 0;                 ///< mean KL(parent, candidate) over the held-back bars
  std::size_t window_trades = 0;        ///< trades of the candidate over the whole window
  bool finite = true;                   ///< every output of the candidate was a number
};

/// The policy on the window's bars from `first` to the end; without `costs` at those it was trained for.
Score score(const policy::Policy& policy, const market::Window& window, base::Seconds first,
            const std::optional<market::Costs>& costs = std::nullopt);

/// The served policy on the bars of the window that are newer than what it was trained on; nothing
/// when there are none. Costs as with `score`.
std::optional<Score> score_prequentially(const policy::Policy& served, const market::Window& window,
                                         const std::optional<market::Costs>& costs = std::nullopt);

/// Candidate and parent side by side on the `held_back` newest bars of the window, and bar by bar on
/// those of them that are newer than what either has seen. Both pay what the candidate was trained to pay,
/// whatever its parent was. These differences are resampled in blocks of their automatic length (see
/// block_length.h), drawn from the candidate's seed.
Evaluation evaluate(const policy::Policy& candidate, const policy::Policy& parent,
                    const market::Window& window, std::size_t held_back);

}  // namespace ctt::evaluation
