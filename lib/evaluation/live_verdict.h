#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/confidence_sequence.h"
#include "market/window.h"
#include "policy/policy.h"

namespace ctt::evaluation {

/// A policy and since when a schedule has wanted it served.
struct Service {
  base::Instant since{};
  std::shared_ptr<const policy::Policy> policy;
};

/// Whether what a schedule serves does better than its base would have, had it stayed: a confidence
/// sequence for the mean difference a bar of their log returns, served - base, costs paid.
///
/// It grows cycle by cycle (`add_bars`) by the bars that have come since; each counts once and was seen by
/// neither policy when it was trained or chosen. It may be looked at at any time: see ConfidenceSequence for
/// what is covered. Its one assumption is the bound, settled before the first bar: beyond it differences
/// are winsorised. Kept as JSON with the cycle that grew it last.
class LiveVerdict {
 public:
  enum class Finding { undecided, better, worse };

  /// Begins after the bar that opened at `since`. The bound follows from the bars' width (see live_bound).
  LiveVerdict(std::string base_sha256, base::Seconds since, const market::Timeframe& timeframe);

  const std::string& base_sha256() const { return base_sha256_; }
  base::Seconds since() const { return since_; }  ///< bars that opened later count
  base::Seconds until() const { return until_; }  ///< opening time of the newest bar that is taken account of
  double bound() const { return bound_; }         ///< of a bar's difference of log returns
  const ConfidenceSequence::State& state() const { return state_; }

  double mean() const;  ///< of the winsorised differences; 0 before the first
  ConfidenceInterval interval() const;
  /// `better` when the whole interval is above 0, `worse` when below.
  Finding finding() const;

  /// Takes the bars of the window that are newer than `until` and opened while one of `services` (oldest
  /// first) was wanted. Both sides trade the whole stretch as one account each, from 200 bars before it
  /// on, so that they enter it with the position that they would hold; what swaps cost is paid.
  void add_bars(std::span<const Service> services, const policy::Policy& base, const market::Window& window);

  std::string json() const;
  /// Throws Error(usage) naming `where` and the key.
  static LiveVerdict parse(std::string_view json, const std::string& where);

 private:
  LiveVerdict() = default;
  ConfidenceSequence sequence() const;

  std::string base_sha256_;
  base::Seconds since_{};
  base::Seconds until_{};
  double bound_ = 0;
  ConfidenceSequence::State state_;
};

/// `better`: the word in JSON.
std::string_view name(LiveVerdict::Finding finding);

/// The largest difference of a bar that counts whole: 0.05 for an hour, growing with the square root of the
/// bar's width, as the deviation of returns does.
double live_bound(const market::Timeframe& timeframe);

inline constexpr double kLiveCoverage = 0.95;

}  // namespace ctt::evaluation
