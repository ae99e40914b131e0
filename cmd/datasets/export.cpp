#include "cmd/datasets/export.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/datasets/dataset_bars.h"
#include "cmd/shell/output.h"
#include "features/features.h"
#include "views/dataset.h"

namespace ctt::cmd {

void DatasetsExport::declare(CLI::App& app) {
  app.add_option("NAME", dataset, "which one")->required();
  app.add_option("--format", format, "csv, or jsonl: one object a line")
      ->check(CLI::IsMember({"csv", "jsonl"}))
      ->capture_default_str()
      ->type_name("FORM");
  app.add_option("-o,--output", output, "where to; - is standard output")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_flag("--with-features", with_features, "with the dataset's features");
  declare_range(app, from, to);
}

namespace {

struct ExportRows {
  std::vector<market::Candle> candles;
  std::vector<std::string> columns;  // of features; empty without them
  features::FeatureMatrix features;
};

// Features need bars that follow one another, so the rows are put in order and the later of two
// counts, as the store would have it.
void put_in_order(std::vector<market::Candle>& candles) {
  std::ranges::stable_sort(candles, {}, &market::Candle::open_time);
  std::vector<market::Candle> unique;
  for (const auto& candle : candles) {
    if (!unique.empty() && unique.back().open_time == candle.open_time) unique.pop_back();
    unique.push_back(candle);
  }
  candles = std::move(unique);
}

std::string csv(const ExportRows& rows) {
  std::string text = "timestamp,open,high,low,close,volume";
  for (const auto& column : rows.columns) text += "," + column;
  text += '\n';
  for (std::size_t i = 0; i < rows.candles.size(); ++i) {
    const auto& bar = rows.candles[i];
    text += base::to_rfc3339(bar.open_time);
    for (const double number : {bar.open, bar.high, bar.low, bar.close, bar.volume}) {
      text += ',';
      append_number(text, number);
    }
    for (std::size_t column = 0; column < rows.columns.size(); ++column) {
      text += ',';
      append_number(text, rows.features.at(i, column));
    }
    text += '\n';
  }
  return text;
}

void add_row(base::JsonWriter& json, const ExportRows& rows, std::size_t i) {
  json.object();
  views::add_candle(json, rows.candles[i]);
  if (!rows.columns.empty()) {
    json.key("features").object();
    for (std::size_t column = 0; column < rows.columns.size(); ++column)
      json.field(rows.columns[column], rows.features.at(i, column));
    json.end();
  }
  json.end();
}

std::string jsonl(const ExportRows& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.candles.size(); ++i) {
    base::JsonWriter json;
    add_row(json, rows, i);
    text += json.text() + '\n';
  }
  return text;
}

void print_items(Context& context, const std::string& id, const ExportRows& rows) {
  auto json = document("datasets.export").field("dataset_id", id).key("items").array();
  for (std::size_t i = 0; i < rows.candles.size(); ++i) add_row(json, rows, i);
  context.print_json(json.end().end());
}

// The features of the first rows need the bars before the range, as far as there are any.
void add_features(ExportRows& rows, const features::FeatureSet& set, base::Seconds first) {
  rows.columns = set.columns();
  rows.features = features::compute(set, rows.candles);
  const auto begin = std::ranges::lower_bound(rows.candles, first, {}, &market::Candle::open_time);
  const auto before = begin - rows.candles.begin();
  rows.candles.erase(rows.candles.begin(), begin);
  auto& values = rows.features.values;
  values.erase(values.begin(), values.begin() + before * std::ssize(rows.columns));
  rows.features.rows = rows.candles.size();
}

ExportRows rows_of(Context& context, const DatasetsExport& command, const store::Dataset& dataset) {
  const DatasetBars source(context, dataset);
  const auto range = source.range({command.from, command.to, {}});
  const auto first = command.with_features ? source.available()->first : range.first;
  ExportRows rows;
  rows.candles = source.bars({first, range.last}).candles;
  put_in_order(rows.candles);
  if (command.with_features) {
    add_features(rows, features::FeatureSet::parse(dataset.features, "dataset " + dataset.id), range.first);
  }
  if (rows.candles.empty()) {
    throw base::Error(base::Failure::data_blocked,
                      fmt::format("dataset {} has no bars from {} to {}", dataset.id,
                                  base::to_rfc3339(range.first), base::to_rfc3339(range.last)))
        .fix("ctt datasets check " + dataset.id);
  }
  return rows;
}

}  // namespace

int DatasetsExport::run(Context& context) const {
  require_place(output);
  const auto found = store::datasets::get(context.readable_database(), dataset);
  const auto rows = rows_of(context, *this, found);
  const bool to_file = !to_standard_output(output);
  if (!to_file && context.json()) {
    print_items(context, found.id, rows);
    return 0;
  }
  if (to_file && context.globals.dry_run)
    return context.would(fmt::format("write {} bars of {} to {}", rows.candles.size(), found.id, output));
  write_output(context, output, format == "csv" ? csv(rows) : jsonl(rows));
  if (!to_file) return 0;
  if (context.json()) {
    context.print_json(document("datasets.export")
                           .field("dataset_id", found.id)
                           .field("file", output)
                           .field("rows", rows.candles.size())
                           .end());
  } else {
    context.say(fmt::format("{}: {} bars of {}.", output,
                            grouped(static_cast<long long>(rows.candles.size())), found.id));
  }
  return 0;
}

}  // namespace ctt::cmd
