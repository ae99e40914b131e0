#include "market/window.h"

#include <fmt/format.h>

#include "base/error.h"
#include "market/soundness.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;
using base::Seconds;

// A hole wider than this is a wrong time stamp, not a quiet market: filling it would eat the memory.
constexpr std::size_t kHoleBarsMax = 1'000'000;

struct BarDefects {
  Defect defect;
  Seconds time;
  std::size_t count = 1;
};

struct Repaired {
  std::vector<Candle> rows;  // in order, each time once
  std::vector<BarDefects> findings;
  std::vector<Seconds> filled;  // opening times of rows that were made up
};

std::optional<Defect> wrong_values(const Candle& candle) {
  switch (soundness_of(candle)) {
    case Soundness::not_finite:
      return Defect::not_finite;
    case Soundness::impossible:
      return Defect::impossible;
    case Soundness::sound:
      break;
  }
  if (candle.volume == 0) return Defect::zero_volume;
  return std::nullopt;
}

// Rows by time, the later of equal ones; counts what was out of order or double.
Repaired in_order(std::vector<Candle> rows) {
  Repaired result;
  auto newest = Seconds::min();
  for (const auto& row : rows) {
    if (row.open_time < newest) result.findings.push_back({Defect::unordered, row.open_time});
    newest = std::max(newest, row.open_time);
  }
  std::ranges::stable_sort(rows, {}, &Candle::open_time);
  for (const auto& row : rows) {
    if (!result.rows.empty() && result.rows.back().open_time == row.open_time) {
      result.findings.push_back({Defect::duplicate, row.open_time});
      result.rows.back() = row;
    } else {
      result.rows.push_back(row);
    }
  }
  return result;
}

// Walks ordered rows forward and repairs each from those before it.
class Repair {
 public:
  // Bars that are filled in before `from` are not wanted.
  Repair(Timeframe timeframe, const DefectPolicies& policies, Seconds from, bool keeps_rows = true)
      : timeframe_(timeframe), policies_(policies), from_(from), keeps_rows_(keeps_rows) {}

  void take(const Candle& row) {
    if (!timeframe_.on_grid(row.open_time)) {
      note(Defect::off_grid, row.open_time);
      if (!stays(Defect::off_grid)) return;
    } else {
      close_hole(row.open_time);
      next_ = row.open_time + timeframe_.duration();
    }
    const auto wrong = wrong_values(row);
    if (wrong) note(*wrong, row.open_time);
    if (!wrong || stays(*wrong)) {
      keep(row);
    } else {
      fill(row.open_time);
    }
  }

  Repaired result;

 private:
  // A defect that blocks is repaired too, so that the report counts the window that was asked for.
  bool stays(Defect defect) const { return policies_.about(defect) == DefectPolicy::mark; }
  void note(Defect defect, Seconds time) { result.findings.push_back({defect, time}); }

  void keep(const Candle& row) {
    if (soundness_of(row) == Soundness::sound) past_close_ = row.close;
    if (keeps_rows_) result.rows.push_back(row);
  }

  void fill(Seconds time) {
    if (past_close_ && time >= from_) {
      result.rows.push_back({time, *past_close_, *past_close_, *past_close_, *past_close_, 0});
      result.filled.push_back(time);
    }
  }

  void close_hole(Seconds until) {
    if (!next_ || until <= *next_) return;
    const auto first = std::max(*next_, from_);
    if (until <= first) return;
    const auto missing = static_cast<std::size_t>((until - first) / timeframe_.duration());
    if (stays(Defect::hole)) return result.findings.push_back({Defect::hole, first, missing});
    if (missing > kHoleBarsMax) {
      throw Error(Failure::data_blocked, fmt::format("{} bars are missing from {} on: too many for a hole",
                                                     missing, base::to_rfc3339(first)));
    }
    for (auto time = first; time < until; time += timeframe_.duration()) {
      note(Defect::hole, time);
      fill(time);
    }
  }

  Timeframe timeframe_;
  const DefectPolicies& policies_;
  Seconds from_;
  bool keeps_rows_;                   // false: only the findings are wanted
  std::optional<Seconds> next_;       // the grid time that should follow
  std::optional<double> past_close_;  // of the newest sound row
};

Repaired repair(Repaired ordered, Timeframe timeframe, const DefectPolicies& policies, Seconds from) {
  Repair walk(timeframe, policies, from);
  walk.result.findings = std::move(ordered.findings);
  for (const auto& row : ordered.rows) walk.take(row);
  return std::move(walk.result);
}

DefectReport report(const std::vector<BarDefects>& findings, Seconds first) {
  DefectReport report;
  for (const auto& finding : findings) {
    if (finding.time < first) continue;
    const auto defect = static_cast<std::size_t>(finding.defect);
    report.count[defect] += finding.count;
    auto& earliest = report.first[defect];
    earliest = earliest ? std::min(*earliest, finding.time) : finding.time;
  }
  return report;
}

std::string title(const CandleSeries& candles) {
  return fmt::format("{} {}", candles.symbol, candles.timeframe.name());
}

[[noreturn]] void refuse_missing(const CandleSeries& candles, const std::string& what) {
  throw Error(Failure::data_blocked, fmt::format("too few candles of {}: {}", title(candles), what))
      .fix("ctt datasets list");
}

}  // namespace

Window cut_window(const CandleSeries& candles, const WindowRequest& request, const DefectPolicies& policies) {
  const std::size_t wanted = request.bars + request.warm_up;
  if (request.bars == 0) throw std::invalid_argument("a window has at least one bar");
  if (!candles.timeframe.on_grid(request.last)) throw std::invalid_argument("a window ends on the grid");
  const auto first = request.last - static_cast<std::int64_t>(wanted - 1) * candles.timeframe.duration();

  std::vector<Candle> past;
  std::ranges::copy_if(candles.candles, std::back_inserter(past),
                       [&](const Candle& candle) { return candle.open_time <= request.last; });
  auto ordered = in_order(std::move(past));
  const auto newest = ordered.rows.empty() ? Seconds::min() : ordered.rows.back().open_time;
  if (newest != request.last) {
    refuse_missing(candles, fmt::format("the newest bar, {}, is missing", base::to_rfc3339(request.last)));
  }

  // Holes that stay let the window reach further back than the grid says.
  const bool holes_stay = policies.about(Defect::hole) == DefectPolicy::mark;
  auto found = repair(std::move(ordered), candles.timeframe, policies, holes_stay ? Seconds::min() : first);
  if (found.rows.size() < wanted) {
    refuse_missing(candles, fmt::format("{} of the {} bars up to {} are there", found.rows.size(), wanted,
                                        base::to_rfc3339(request.last)));
  }
  found.rows.erase(found.rows.begin(), found.rows.end() - static_cast<std::ptrdiff_t>(wanted));
  const auto begin = found.rows.front().open_time;
  if (begin < first && !holes_stay) {
    refuse_missing(candles, fmt::format("nothing sound comes before {}", base::to_rfc3339(first)));
  }
  for (const auto time : request.revised) {
    if (time <= request.last) found.findings.push_back({Defect::revised, time});
  }

  Window window{{candles.symbol, candles.timeframe, std::move(found.rows)},
                request.warm_up,
                report(found.findings, begin)};
  window.filled = static_cast<std::size_t>(
      std::ranges::count_if(found.filled, [&](Seconds time) { return time >= begin; }));
  return window;
}

Window repair_candles(const CandleSeries& candles, const DefectPolicies& policies) {
  auto found = repair(in_order(candles.candles), candles.timeframe, policies, Seconds::min());
  Window window{
      {candles.symbol, candles.timeframe, std::move(found.rows)}, 0, report(found.findings, Seconds::min())};
  window.filled = found.filled.size();
  return window;
}

std::optional<std::string> blocked(const Window& window, const DefectPolicies& policies) {
  const auto& report = window.defects;
  std::vector<std::string> reasons;
  for (std::size_t defect = 0; defect < kDefectCount; ++defect) {
    if (report.count[defect] == 0 || policies.of[defect] != DefectPolicy::block) continue;
    reasons.push_back(fmt::format("{} {} (first at {})", report.count[defect],
                                  name(static_cast<Defect>(defect)),
                                  base::to_rfc3339(report.first[defect].value())));
  }
  if (!reasons.empty()) {
    return fmt::format("the candles of {} have defects that block: {}", title(window.series),
                       fmt::join(reasons, ", "));
  }
  const auto rows = window.series.candles.size();
  if (static_cast<double>(window.filled) <= policies.filled_fraction_max * static_cast<double>(rows))
    return std::nullopt;
  return fmt::format("{} of the {} candles of {} would have to be filled in, more than the {:.4g} % allowed",
                     window.filled, rows, title(window.series), 100 * policies.filled_fraction_max);
}

void pass_data_gate(const Window& window, const DefectPolicies& policies) {
  const auto reason = blocked(window, policies);
  if (reason) throw Error(Failure::data_blocked, *reason).fix("ctt datasets list");
}

Window check_candles(const CandleSeries& candles, const DefectPolicies& policies) {
  auto window = repair_candles(candles, policies);
  pass_data_gate(window, policies);
  return window;
}

DefectReport count_defects(const CandleSeries& candles) {
  DefectPolicies count_only;
  count_only.of.fill(DefectPolicy::mark);
  const auto& rows = candles.candles;
  if (std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, &Candle::open_time) != rows.end())
    return repair_candles(candles, count_only).defects;
  // In order: the rows, of which there may be millions, are looked at where they are.
  Repair walk(candles.timeframe, count_only, Seconds::min(), false);
  for (const auto& row : rows) walk.take(row);
  return report(walk.result.findings, Seconds::min());
}

}  // namespace ctt::market
