#include "cmd/datasets/show.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/datasets/bars_view.h"
#include "cmd/datasets/dataset_bars.h"
#include "cmd/shell/counted.h"
#include "cmd/shell/validators.h"
#include "features/features.h"
#include "store/candles.h"
#include "store/datasets.h"
#include "views/dataset.h"

namespace ctt::cmd {

using store::Dataset;

namespace {

market::CandleSeries stored_bars(store::Database& database, const store::SeriesKey& key) {
  const auto range = store::candles::stats(database, key).range;
  return range ? store::candles::range(database, key, *range)
               : market::CandleSeries{key.symbol, key.timeframe, {}};
}

// What the source of a dataset has: nothing when it needs a broker, else its bars or why not.
struct SourceView {
  std::optional<market::CandleSeries> bars;
  std::string problem;
};

SourceView source_of(Context& context, const Dataset& dataset) {
  SourceView view;
  try {
    const DatasetBars source(context, dataset);
    if (!source.from_source()) return view;
    view.bars = market::CandleSeries{source.key().symbol, source.key().timeframe, {}};
    if (source.available()) view.bars = source.bars(*source.available());
  } catch (const base::Error& error) {
    view.problem = error.what();  // a file that is gone: the definition is shown all the same
  }
  return view;
}

}  // namespace

void DatasetsShow::declare(CLI::App& app) {
  app.add_option("NAME", dataset, "which one")->required();
  app.add_option("--head", head, "with its first N bars")->check(whole(0, 100'000))->type_name("N");
}

namespace {

struct ShownDataset {
  Dataset dataset;
  features::FeatureSet features;
  std::vector<std::string> users;
  market::CandleSeries stored;
  std::size_t revised = 0;
  SourceView source;
  std::span<const market::Candle> head;
};

void print_json(Context& context, const ShownDataset& shown) {
  auto json = document("datasets.show");
  views::add_dataset(json, shown.dataset);
  json.field("columns", shown.features.columns())
      .field("warm_up_rows", shown.features.warm_up_rows())
      .field("used_by", shown.users);
  json.key("stored");
  BarsView(shown.stored, context.now()).add(json);
  json.field("stored_revised", shown.revised).key("source");
  if (shown.source.bars) {
    BarsView(*shown.source.bars, context.now()).add(json);
  } else {
    json.value(nullptr);
  }
  json.field("source_problem",
             shown.source.problem.empty() ? std::nullopt : std::optional(shown.source.problem));
  json.key("head").array();
  for (const auto& candle : shown.head) {
    json.object();
    views::add_candle(json, candle);
    json.end();
  }
  context.print_json(json.end().end());
}

void print_head(Context& context, std::span<const market::Candle> head) {
  if (head.empty()) return;
  Table table(
      {{"TIME (UTC)"}, {"OPEN", true}, {"HIGH", true}, {"LOW", true}, {"CLOSE", true}, {"VOLUME", true}});
  for (const auto& bar : head) {
    const auto number = [](double value) { return fmt::format("{}", value); };
    table.add({base::to_minute(bar.open_time), number(bar.open), number(bar.high), number(bar.low),
               number(bar.close), number(bar.volume)});
  }
  context.out << table.text(context.terminal);
}

void print(Context& context, const ShownDataset& shown) {
  const auto& dataset = shown.dataset;
  const auto key = dataset.series();
  const auto line = [&](const char* label, const std::string& text) {
    context.out << fmt::format("  {:<9} {}\n", label, text);
  };
  context.out << context.terminal.paint(Style::bold, dataset.id) << "   " << key.symbol << ' '
              << key.timeframe.name() << "   " << dataset.source_type << '\n';
  if (!dataset.description.empty()) line("about", dataset.description);
  line("settings", dataset.source_settings());
  if (!shown.source.problem.empty())
    line("source", context.terminal.paint(Style::bad, "cannot be read: ") + shown.source.problem);
  if (shown.source.bars) line("source", BarsView(*shown.source.bars, context.now()).text());
  line("stored", BarsView(shown.stored, context.now()).text() +
                     (shown.revised > 0 ? fmt::format(", {} revised", shown.revised) : ""));
  line("features", fmt::format("{}; {} rows to warm up", fmt::join(shown.features.columns(), " "),
                               shown.features.warm_up_rows()));
  if (!shown.users.empty()) line("used by", first_of(shown.users));
  print_head(context, shown.head);
}

}  // namespace

int DatasetsShow::run(Context& context) const {
  auto& database = context.readable_database();
  const auto found = store::datasets::get(database, dataset);
  const auto key = found.series();
  ShownDataset shown{found,
                     features::FeatureSet::parse(found.features, "dataset " + found.id),
                     store::datasets::users(database, found.id),
                     stored_bars(database, key),
                     0,
                     source_of(context, found),
                     {}};
  if (!shown.stored.candles.empty()) {
    shown.revised =
        store::candles::revised_bars(
            database, key, {shown.stored.candles.front().open_time, shown.stored.candles.back().open_time})
            .count;
  }
  const auto& candles = shown.source.bars ? shown.source.bars->candles : shown.stored.candles;
  shown.head = std::span(candles).first(std::min(head, candles.size()));
  if (context.json()) {
    print_json(context, shown);
  } else {
    print(context, shown);
  }
  return 0;
}

}  // namespace ctt::cmd
