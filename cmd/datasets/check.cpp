#include "cmd/datasets/check.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/datasets/bars_view.h"
#include "cmd/datasets/dataset_bars.h"
#include "cmd/shell/counted.h"
#include "cmd/shell/output.h"
#include "features/features.h"
#include "market/series.h"
#include "market/window.h"
#include "schedule/window_limits.h"
#include "store/candles.h"

namespace ctt::cmd {

using market::Defect;
using market::DefectPolicy;

void DatasetsCheck::declare(CLI::App& app) {
  app.add_option("NAME", dataset, "which one")->required();
  declare_range(app, from, to);
  app.add_option("--max-gap", max_gap, "exit 6 when more bars than this are missing in a row")
      ->type_name("N");
}

namespace {

constexpr double kOutlierDeviations = 20;

struct Gap {
  market::TimeRange range;
  std::size_t bars = 0;
};

struct CheckReport {
  std::string dataset_id;
  bool from_source = false;
  BarsView bars;
  market::DefectReport defects;
  // Rows of one time that differ: of a source at hand among the duplicates, of a stored series among the
  // revised, where the rows that gave way are kept.
  std::vector<market::Candle> conflicting;
  store::candles::RevisedBars revised;  // not seen in the candles: the store knows what was there before
  std::optional<Gap> longest_gap;
  std::vector<base::Seconds> outliers;
  std::optional<std::size_t> max_gap;
  std::optional<std::string> too_much_filled;  // a sentence, when nothing else blocks
  std::size_t bars_needed = 0;                 // of the smallest window, and for the features before it
  bool whole = false;                          // no range was asked for

  bool blocks(std::size_t defect) const {
    return defects.count[defect] > 0 && market::DefectPolicies().of[defect] == DefectPolicy::block;
  }
  // Of a part nothing follows, and of stored bars little: a cycle fetches those that it lacks.
  bool too_few() const { return whole && from_source && bars.count < bars_needed; }
  bool gap_too_long() const { return max_gap && longest_gap && longest_gap->bars > *max_gap; }
  bool would_block() const {
    for (std::size_t defect = 0; defect < market::kDefectCount; ++defect) {
      if (blocks(defect)) return true;
    }
    return too_much_filled.has_value() || too_few();
  }
};

// What the gate says about so many made-up bars; a hole too wide to be filled is a defect of its own.
std::optional<std::string> too_much_filled(const market::CandleSeries& series) {
  market::DefectPolicies policies;
  std::ranges::replace(policies.of, DefectPolicy::block, DefectPolicy::fill);
  try {
    return market::blocked(market::repair_candles(series, policies), policies);
  } catch (const base::Error& error) {
    return error.what();
  }
}

std::optional<Gap> longest_gap(const market::CandleSeries& series) {
  std::optional<Gap> longest;
  const auto [first, last] = std::ranges::minmax(series.candles, {}, &market::Candle::open_time);
  for (const auto& gap : market::gaps(series.candles, {first.open_time, last.open_time}, series.timeframe)) {
    const auto bars = market::bars_in(gap, series.timeframe);
    if (!longest || bars > longest->bars) longest = Gap{gap, bars};
  }
  return longest;
}

// Bars whose close jumped by more than so many typical moves; a typical move is the median, which
// no outlier reaches.
std::vector<base::Seconds> outliers(const std::vector<market::Candle>& candles) {
  const auto move = [&](std::size_t i) {
    return static_cast<float>(std::abs(std::log(candles[i].close / candles[i - 1].close)));
  };
  std::vector<float> moves;  // of millions of bars: half as large as in full precision
  moves.reserve(candles.size());
  for (std::size_t i = 1; i < candles.size(); ++i) {
    if (std::isfinite(move(i)) && move(i) > 0) moves.push_back(move(i));
  }
  if (moves.empty()) return {};
  const auto middle = moves.begin() + static_cast<std::ptrdiff_t>(moves.size() / 2);
  std::ranges::nth_element(moves, middle);
  const double deviation =
      1.4826 * static_cast<double>(*middle);  // of a normal distribution with that median
  std::vector<base::Seconds> times;
  for (std::size_t i = 1; i < candles.size(); ++i) {
    if (std::isfinite(move(i)) && move(i) > kOutlierDeviations * deviation)
      times.push_back(candles[i].open_time);
  }
  return times;
}

// The rows that gave way to a later one of their time; nothing is copied where there are none.
std::vector<market::Candle> conflicting(const market::CandleSeries& series,
                                        const market::DefectReport& defects) {
  if (defects.of(Defect::duplicate) == 0) return {};
  auto rows = series.candles;
  return market::put_in_order(rows);
}

std::string_view policy_name(std::size_t defect) {
  if (static_cast<Defect>(defect) == Defect::duplicate) return "the later row counts";
  switch (market::DefectPolicies().of[defect]) {
    case DefectPolicy::fill:
      return "filled from the past";
    case DefectPolicy::mark:
      return "counted";
    case DefectPolicy::block:
      return "blocks a cycle";
  }
  return "";
}

void print_json(Context& context, const CheckReport& report) {
  auto json = document("datasets.check")
                  .field("dataset_id", report.dataset_id)
                  .field("checked", report.from_source ? "source" : "stored")
                  .key("bars");
  report.bars.add(json);
  json.raw_field("defects", report.defects.json());
  json.key("conflicting").object().field("count", report.conflicting.size());
  json.field("first",
             report.conflicting.empty() ? std::nullopt : std::optional(report.conflicting.front().open_time))
      .end();
  json.field("revised", report.revised.count).field("first_revised", report.revised.first);
  json.key("longest_gap");
  if (report.longest_gap) {
    json.object()
        .field("bars", report.longest_gap->bars)
        .field("first", report.longest_gap->range.first)
        .end();
  } else {
    json.value(nullptr);
  }
  json.key("outliers").object().field("count", report.outliers.size());
  json.field("first", report.outliers.empty() ? std::nullopt : std::optional(report.outliers.front())).end();
  json.field("bars_needed", report.bars_needed);
  json.field("would_block", report.would_block()).field("gap_too_long", report.gap_too_long()).end();
  context.print_json(json);
}

void print(Context& context, const CheckReport& report) {
  context.out << fmt::format("{}: {}\n", report.dataset_id, report.bars.text());
  Table table({{"FINDING"}, {"BARS", true}, {"FIRST (UTC)"}, {"WHAT A CYCLE DOES"}});
  for (std::size_t i = 0; i < market::kDefectCount; ++i) {
    if (report.defects.count[i] == 0) continue;
    table.add({std::string(market::name(static_cast<Defect>(i))),
               grouped(static_cast<long long>(report.defects.count[i])),
               base::to_minute(*report.defects.first[i]), std::string(policy_name(i))},
              report.blocks(i) ? Style::bad : Style::plain);
  }
  if (!report.conflicting.empty())
    table.add({"conflicting", grouped(static_cast<long long>(report.conflicting.size())),
               base::to_minute(report.conflicting.front().open_time), "the later row counts"});
  if (report.revised.count > 0)
    table.add({"revised", grouped(static_cast<long long>(report.revised.count)),
               base::to_minute(*report.revised.first), "counted"});
  if (!report.outliers.empty()) {
    table.add({"outlier", grouped(static_cast<long long>(report.outliers.size())),
               base::to_minute(report.outliers.front()), "nothing"});
  }
  if (report.defects.total() + report.revised.count + report.outliers.size() > 0)
    context.out << table.text(context.terminal);
  if (report.longest_gap) {
    const auto& gap = *report.longest_gap;
    context.out << fmt::format(
        "longest gap: {} bars from {} UTC{}\n", grouped(static_cast<long long>(gap.bars)),
        base::to_minute(gap.range.first),
        report.gap_too_long() ? fmt::format(", more than the {} allowed", *report.max_gap) : "");
  }
  if (report.too_much_filled) context.out << *report.too_much_filled << '\n';
  if (report.too_few())
    context.out << fmt::format("A cycle would be blocked: the smallest one needs {}, warm-up included.\n",
                               counted(report.bars_needed, "bar"));
  else if (report.would_block())
    context.out << "A cycle over these bars would be blocked.\n";
  else if (report.whole && report.bars.count < report.bars_needed)
    context.out << fmt::format(
        "Nothing here would block a cycle, but the smallest one needs {}, warm-up included.\n",
        counted(report.bars_needed, "bar"));
  else
    context.out << "Nothing here would block a cycle.\n";
}

}  // namespace

int DatasetsCheck::run(Context& context) const {
  auto& database = context.readable_database();
  const auto found = store::datasets::get(database, dataset);
  const DatasetBars source(context, found);
  const auto range = source.range({from, to, {}});
  const auto series = source.bars(range);
  if (series.candles.empty()) {
    throw base::Error(base::Failure::data_blocked,
                      fmt::format("dataset {} has no bars from {} to {}", found.id,
                                  base::to_rfc3339(range.first), base::to_rfc3339(range.last)))
        .fix("ctt datasets show " + found.id);
  }
  const auto defects = market::count_defects(series);
  CheckReport report{found.id,
                     source.from_source(),
                     BarsView(series, context.now()),
                     defects,
                     conflicting(series, defects),
                     store::candles::revised_bars(database, source.key(), range),
                     longest_gap(series),
                     outliers(series.candles),
                     max_gap,
                     defects.total() == 0 ? std::nullopt : too_much_filled(series),
                     features::FeatureSet::parse(found.features).warm_up_rows() +
                         static_cast<std::size_t>(schedule::kWindowCandlesMin),
                     !from && !to};
  const bool well = !report.would_block() && !report.gap_too_long();
  if (context.json()) {
    print_json(context, report);
  } else if (!context.globals.quiet || !well) {
    print(context, report);
  }
  return well ? 0 : base::exit_status(base::Failure::data_blocked);
}

}  // namespace ctt::cmd
