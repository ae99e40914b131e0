#include "cmd/datasets/list.h"

#include <fmt/format.h>

#include "features/features.h"
#include "store/candles.h"
#include "store/datasets.h"
#include "views/dataset.h"

namespace ctt::cmd {

using store::Dataset;

namespace {

void print_list(Context& context, const std::vector<Dataset>& datasets) {
  Table table(
      {{"DATASET"}, {"SOURCE"}, {"SYMBOL"}, {"WIDTH", true}, {"COLUMNS", true}, {"STORED", true}, {"UP TO"}});
  for (const auto& dataset : datasets) {
    const auto set = features::FeatureSet::parse(dataset.features, "dataset " + dataset.id);
    const auto key = dataset.series();
    const auto stored = store::candles::stats(context.readable_database(), key);
    table.add({dataset.id, dataset.source_type, key.symbol, key.timeframe.name(),
               fmt::format("{}", set.columns().size()), grouped(static_cast<long long>(stored.count)),
               stored.range ? base::to_minute(stored.range->last) + " UTC" : "-"});
  }
  context.out << table.text(context.terminal);
}

}  // namespace

int DatasetsList::run(Context& context) const {
  auto& database = context.readable_database();
  const auto datasets = store::datasets::list(database);
  if (!context.json()) {
    if (datasets.empty()) {
      context.say("There is no dataset yet. Next: ctt datasets create demo --source synthetic --seed 7");
    } else {
      print_list(context, datasets);
    }
    return 0;
  }
  auto json = document("datasets.list").key("items").array();
  for (const auto& dataset : datasets) {
    const auto stored = store::candles::stats(database, dataset.series());
    json.object();
    views::add_dataset(json, dataset);
    json.field("stored_bars", stored.count);
    json.field("stored_last", stored.range ? std::optional(stored.range->last) : std::nullopt).end();
  }
  context.print_json(json.end().end());
  return 0;
}

}  // namespace ctt::cmd
