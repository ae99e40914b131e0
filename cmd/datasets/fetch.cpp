#include "cmd/datasets/fetch.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "cmd/datasets/bars_view.h"
#include "cmd/datasets/dataset_bars.h"
#include "cmd/datasets/open_source.h"
#include "cmd/shell/output.h"
#include "cmd/shell/validators.h"
#include "cycle/fetch.h"

namespace ctt::cmd {

void DatasetsFetch::declare(CLI::App& app) {
  app.add_option("NAME", dataset, "which one")->required();
  declare_range(app, from, to);
  app.add_option("--candles", candles, "this many bars: from --from on, or the newest up to --to")
      ->check(whole(1, 10'000'000))
      ->type_name("N");
  app.add_option("--refresh", refresh, "ask again for this much of the newest stored bars; default: 12 bars")
      ->type_name("DUR");
}

namespace {

constexpr std::size_t kOverlapBars = 12;

std::size_t overlap_of(const std::optional<std::string>& refresh, market::Timeframe timeframe) {
  if (!refresh) return kOverlapBars;
  const auto width = timeframe.duration();
  return static_cast<std::size_t>((base::parse_duration(*refresh) + width - std::chrono::seconds(1)) / width);
}

// The oldest bar to fetch when nobody says: of the source or, when it cannot tell, of those stored.
std::optional<base::Seconds> oldest_of(store::Database& database, market::CandleSource& source,
                                       const store::SeriesKey& key) {
  if (const auto available = source.available()) return available->first;
  const auto stored = store::candles::stats(database, key).range;
  return stored ? std::optional(stored->first) : std::nullopt;
}

void print(Context& context, const std::string& id, const market::TimeRange& range,
           const cycle::FetchReport& report, const BarsView& stored) {
  const auto& counts = report.stored;
  if (context.json()) {
    auto json =
        document("datasets.fetch").field("dataset_id", id).field("from", range.first).field("to", range.last);
    json.field("fetched", report.asked)
        .field("new", counts.inserted)
        .field("unchanged", counts.unchanged)
        .field("revised", counts.revised);
    json.field("first_revised", counts.first_revised).field("conflicting", report.conflicting);
    json.field("first_conflicting", report.first_conflicting).key("stored");
    stored.add(json);
    context.print_json(json.end());
    return;
  }
  std::string text = fmt::format(
      "{}: {} fetched, {} new, {} revised", id, grouped(static_cast<long long>(report.asked)),
      grouped(static_cast<long long>(counts.inserted)), grouped(static_cast<long long>(counts.revised)));
  if (counts.first_revised) text += fmt::format(" (first {} UTC)", base::to_minute(*counts.first_revised));
  if (report.conflicting > 0)
    text += fmt::format(
        "\n  conflict  {} rows differ from a later one of their time (first {} UTC); the later counts",
        grouped(static_cast<long long>(report.conflicting)), base::to_minute(*report.first_conflicting));
  context.say(text + "\n  stored    " + stored.text());
}

}  // namespace

int DatasetsFetch::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::datasets::get(database, dataset);
  const auto key = found.series();
  const auto source = open_source(context, found);
  const auto newest = cycle::newest_bar(*source, key.timeframe, context.now());
  const auto range = range_of({from, to, candles}, oldest_of(database, *source, key), newest, key.timeframe);
  const auto overlap = overlap_of(refresh, key.timeframe);
  if (context.globals.dry_run) {
    return context.would(fmt::format("fetch the bars of {} from {} to {}, the newest {} stored ones again",
                                     found.id, base::to_rfc3339(range.first), base::to_rfc3339(range.last),
                                     overlap));
  }
  cycle::FetchReport report;
  try {
    report = cycle::fetch(database, *source, key, range, context.clock, overlap);
  } catch (const base::Error&) {
    if (base::Signals::stop_count() == 0) throw;
    if (!context.globals.quiet)
      context.err << fmt::format("{}: stopped; what came so far is stored\n", found.id);
    return 128 + base::Signals::stop_signal();
  }
  const auto stats = store::candles::stats(database, key);
  print(context, found.id, range, report, BarsView(stats, key.timeframe, context.now()));
  return 0;
}

}  // namespace ctt::cmd
