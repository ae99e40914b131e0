#include "cmd/features/features.h"

#include <cmath>

#include <fmt/format.h>

#include "cmd/datasets/candle_file.h"
#include "cmd/features/feature_sets.h"
#include "cmd/shell/output.h"

namespace ctt::cmd {

void Features::declare(CLI::App& app) {
  app.add_option("--candles", candles, "csv file: timestamp,open,high,low,close,volume")
      ->required()
      ->type_name("FILE");
  app.add_option("--spec", spec, "JSON file that lists feature specs, or the set default or all")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("-o,--output", output, "where to; - is standard output")
      ->capture_default_str()
      ->type_name("FILE");
}

namespace {

using market::Candle;

std::string csv(const std::vector<std::string>& columns, std::span<const Candle> candles,
                const features::FeatureMatrix& matrix) {
  std::string text = "timestamp";
  for (const auto& column : columns) text += "," + column;
  text += '\n';
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    text += base::to_rfc3339(candles[row].open_time);
    for (const double value : matrix.row(row)) {
      text += ',';
      append_number(text, value);
    }
    text += '\n';
  }
  return text;
}

void print_items(Context& context, const std::vector<std::string>& columns, std::span<const Candle> candles,
                 const features::FeatureMatrix& matrix) {
  auto json = document("features").field("columns", columns).key("items").array();
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    json.object().field("timestamp", candles[row].open_time);
    for (std::size_t column = 0; column < columns.size(); ++column)
      json.field(columns[column], matrix.at(row, column));
    json.end();
  }
  context.print_json(json.end().end());
}

}  // namespace

int Features::run(Context& context) const {
  require_place(output);
  const auto set = feature_set(spec);
  const auto rows = read_candle_file(candles);
  const auto matrix = features::compute(set, rows);
  const auto& columns = set.columns();
  if (to_standard_output(output)) {
    if (context.json()) {
      print_items(context, columns, rows, matrix);
    } else {
      write_output(context, output, csv(columns, rows, matrix));
    }
    return 0;
  }
  if (context.globals.dry_run)
    return context.would(
        fmt::format("write {} rows of {} features to {}", rows.size(), columns.size(), output));
  write_output(context, output, csv(columns, rows, matrix));
  if (context.json()) {
    context.print_json(document("features")
                           .field("file", output)
                           .field("rows", rows.size())
                           .field("columns", columns)
                           .end());
  } else {
    context.say(fmt::format("{}: {} rows of {} features, complete after {} rows.", output,
                            grouped(static_cast<long long>(rows.size())), columns.size(),
                            set.warm_up_rows()));
  }
  return 0;
}

}  // namespace ctt::cmd
