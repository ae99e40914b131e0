#include "cmd/datasets/create.h"

#include <filesystem>

#include <fmt/format.h>

#include "alpaca/bar_source.h"
#include "base/error.h"
#include "base/random.h"
#include "cmd/datasets/bars_view.h"
#include "cmd/features/feature_sets.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/validators.h"
#include "market/csv.h"
#include "market/series.h"
#include "market/symbol.h"
#include "market/synthetic.h"
#include "market/window.h"
#include "store/reference.h"
#include "views/dataset.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void DatasetsCreate::declare(CLI::App& app) {
  app.add_option("NAME", dataset, "name of the new dataset")->required();
  app.add_option("--source", source,
                 "where candles come from: alpaca, csv or synthetic; default: csv when there is a --file")
      ->type_name("SOURCE");
  app.add_option("--symbol", symbol, "instrument")->capture_default_str()->type_name("SYMBOL");
  app.add_option("--timeframe", timeframe, "bar width: 1m 5m 15m 1h 4h 1d 1w")
      ->capture_default_str()
      ->type_name("WIDTH");
  app.add_option("--features", features,
                 "the set default (seven) or all (thirteen), or a JSON file that lists specs")
      ->capture_default_str()
      ->type_name("SET|FILE");
  app.add_option("--description", description, "what it is for")->type_name("TEXT");
  app.add_option("--file", file, "csv: timestamp,open,high,low,close,volume; may be gzip")->type_name("FILE");
  app.add_option(
         "--columns", columns,
         "csv: which columns of the file those are, time=NAME,open=NAME,...; default: by their usual names")
      ->type_name("K=NAME,...");
  app.add_option("--seed", seed, "synthetic: which series (default 0)")
      ->check(whole(0, base::kSeedMax))
      ->type_name("N");
  app.add_option("--candles", candles,
                 "synthetic: bars that are closed now; it goes on from there (default 5000)")
      ->check(whole(1, 10'000'000))
      ->type_name("N");
  app.add_option("--regime", regime,
                 "synthetic: gbm, or regimes that switch between calm, rise, fall and storm (default gbm)")
      ->type_name("REGIME");
  declare_costs(
      app, costs,
      "what a trade costs there, for trainings and schedules; default: alpaca-tier1 for alpaca, none");
}

namespace {

constexpr std::size_t kSyntheticCandles = 5000;

std::string source_of(const DatasetsCreate& command) {
  if (!command.source && !command.file) {
    throw Error(Failure::usage,
                "it is not said where the candles come from; give --source alpaca, csv or synthetic")
        .fix("ctt ... --source synthetic --seed 7")
        .fix("ctt ... --source csv --file candles.csv");
  }
  const auto source = command.source.value_or("csv");
  const std::vector<std::string> sources{"alpaca", "csv", "synthetic"};
  if (std::ranges::find(sources, source) == sources.end()) {
    throw Error(Failure::usage,
                fmt::format("there is no source \"{}\"{}; there are alpaca, csv and synthetic", source,
                            base::did_you_mean(source, sources)));
  }
  const auto belongs = [&](bool given, const char* flag, const char* to) {
    if (given && source != to)
      throw Error(Failure::usage, fmt::format("{} belongs to --source {}, not to {}", flag, to, source));
  };
  belongs(command.file.has_value(), "--file", "csv");
  belongs(command.columns.has_value(), "--columns", "csv");
  belongs(command.seed.has_value(), "--seed", "synthetic");
  belongs(command.candles.has_value(), "--candles", "synthetic");
  belongs(command.regime.has_value(), "--regime", "synthetic");
  return source;
}

// `5m`; nothing when no timeframe is that wide.
std::optional<std::string> name_of(std::chrono::seconds width) {
  for (const char* name : {"1m", "5m", "15m", "1h", "4h", "1d", "1w"}) {
    if (market::Timeframe::parse(name).duration() == width) return name;
  }
  return std::nullopt;
}

// Refuses a file whose bars are not those that were said; returns them.
std::vector<market::Candle> checked_file(const std::filesystem::path& file, market::Timeframe timeframe,
                                         const market::CsvColumns& columns) {
  auto candles = market::read_csv(file, columns);
  if (candles.empty()) throw Error(Failure::data_blocked, fmt::format("{} has no bars", file.string()));
  const auto distance = market::usual_distance(candles);
  if (distance.count() > 0 && distance != timeframe.duration()) {
    const auto width = name_of(distance);
    auto error =
        Error(Failure::data_blocked, fmt::format("{} has bars of {}, not of {}", file.string(),
                                                 width.value_or(base::to_words(distance)), timeframe.name()));
    if (!width) throw error;
    throw std::move(error).fix("ctt ... --timeframe " + *width);
  }
  const auto off_grid = std::ranges::count_if(
      candles, [&](const auto& candle) { return !timeframe.on_grid(candle.open_time); });
  if (off_grid * 2 > std::ssize(candles)) {
    throw Error(Failure::data_blocked,
                fmt::format("{}: the bar of {} and most others open off the grid of {}", file.string(),
                            base::to_rfc3339(candles.front().open_time), timeframe.name()));
  }
  return candles;
}

struct Made {
  store::Dataset dataset;
  std::string bars;      // what there is of it now, a sentence
  std::string warnings;  // about a file's rows
};

void add_csv(base::JsonWriter& config, Made& made, const DatasetsCreate& command, market::Timeframe timeframe,
             base::Instant now) {
  if (!command.file)
    throw Error(Failure::usage, "a csv dataset needs its file").fix("ctt ... --file candles.csv");
  const auto file = std::filesystem::absolute(*command.file).lexically_normal();
  const auto columns = market::CsvColumns::parse(command.columns.value_or(""));
  const market::CandleSeries series{command.symbol, timeframe, checked_file(file, timeframe, columns)};
  config.field("file", file.string());
  if (command.columns) config.field("columns", columns.text());
  made.bars = BarsView(series, now).text();
  const market::DefectPolicies policies;
  const auto defects = market::count_defects(series);
  for (std::size_t i = 0; i < market::kDefectCount; ++i) {
    if (defects.count[i] == 0 || policies.of[i] != market::DefectPolicy::block) continue;
    made.warnings +=
        fmt::format("  ! {} {}, which would block a cycle: ctt datasets check {}\n", defects.count[i],
                    market::name(static_cast<market::Defect>(i)), made.dataset.id);
  }
}

void add_synthetic(base::JsonWriter& config, Made& made, const DatasetsCreate& command,
                   market::Timeframe timeframe, base::Instant now) {
  const auto regime = command.regime.value_or("gbm");
  market::parse_regime(regime);
  const auto count = command.candles.value_or(kSyntheticCandles);
  const auto start =
      timeframe.newest_closed(now) - timeframe.duration() * (static_cast<std::int64_t>(count) - 1);
  config.field("seed", command.seed.value_or(0)).field("regime", regime).field("start", start);
  made.bars = fmt::format("{} bars from {} UTC to now, and every new one",
                          grouped(static_cast<long long>(count)), base::to_minute(start));
}

Made made_of(const DatasetsCreate& command, base::Instant now) {
  Made made;
  auto& dataset = made.dataset;
  dataset.id = store::checked_slug("dataset", command.dataset);
  dataset.name = command.dataset;
  dataset.description = command.description;
  dataset.source_type = source_of(command);
  const auto timeframe = market::Timeframe::parse(command.timeframe);
  base::JsonWriter config;
  config.object()
      .field("symbol", market::checked_symbol(command.symbol))
      .field("timeframe", timeframe.name());
  if (dataset.source_type == "alpaca") alpaca::checked_pair(command.symbol);
  if (dataset.source_type == "csv") add_csv(config, made, command, timeframe, now);
  if (dataset.source_type == "synthetic") add_synthetic(config, made, command, timeframe, now);
  if (made.bars.empty()) made.bars = "nothing fetched yet";
  if (command.costs) config.field("costs", market::costs_text(market::parse_costs(*command.costs)));
  dataset.source_config = config.end().text();
  dataset.features = feature_set(command.features).json();
  dataset.created_at = dataset.updated_at = now;
  return made;
}

bool same(const store::Dataset& a, const store::Dataset& b) {
  return a.source_type == b.source_type && a.source_config == b.source_config &&
         a.description == b.description &&
         features::FeatureSet::parse(a.features) == features::FeatureSet::parse(b.features);
}

void print(Context& context, const Made& made, bool created) {
  const auto& dataset = made.dataset;
  if (context.json()) {
    auto json = document("datasets.create").field("created", created);
    views::add_dataset(json, dataset);
    context.print_json(json.end());
    return;
  }
  const auto key = dataset.series();
  const auto columns = features::FeatureSet::parse(dataset.features).columns().size();
  context.say(fmt::format("Dataset {} is {}: {} {} from {}, {} feature columns.\n  {}\n{}Next: {}",
                          dataset.id, created ? "created" : "there already, just so", key.symbol,
                          key.timeframe.name(), dataset.source_type, columns, made.bars, made.warnings,
                          dataset.source_type == "alpaca"
                              ? fmt::format("ctt datasets fetch {} --candles 5000", dataset.id)
                              : fmt::format("ctt train --dataset {} --pack quick --name base", dataset.id)));
}

}  // namespace

int DatasetsCreate::run(Context& context) const {
  const auto made = made_of(*this, context.now());
  const auto& wanted = made.dataset;
  auto& database = context.database();
  const auto there = store::datasets::find(database, wanted.id);
  const bool already = there && same(*there, wanted);
  if (!already) {
    store::Transaction change(database);
    store::datasets::insert(change, wanted);
    if (context.globals.dry_run)
      return context.would(fmt::format("create dataset {}: {}", wanted.id, made.bars));
    change.commit();
  }
  print(context, made, !already);
  return 0;
}

}  // namespace ctt::cmd
