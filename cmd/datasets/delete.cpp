#include "cmd/datasets/delete.h"

#include <fmt/format.h>

#include "store/candles.h"
#include "store/datasets.h"

namespace ctt::cmd {

using store::Dataset;

void DatasetsDelete::declare(CLI::App& app) { app.add_option("NAME", dataset, "which one")->required(); }

int DatasetsDelete::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::datasets::get(database, dataset);
  const auto key = found.series();
  const bool own_candles = found.source_type != "alpaca";  // others may come from the same market
  const auto bars = own_candles ? store::candles::stats(database, key).count : 0;
  const auto what = fmt::format(
      "delete dataset {}{}", found.id,
      bars > 0 ? fmt::format(" and its {} stored bars", grouped(static_cast<long long>(bars))) : "");
  {
    // Whether it may go is asked before the operator is.
    store::Transaction trial(database);
    store::datasets::remove(trial, found.id);
  }
  if (context.globals.dry_run) return context.would(what);
  const bool agreed = context.confirm(what + "?");
  if (agreed) {
    store::Transaction change(database);
    store::datasets::remove(change, found.id);
    if (own_candles) store::candles::remove(change, key);
    change.commit();
  }
  if (context.json()) {
    context.print_json(document("datasets.delete")
                           .field("dataset_id", found.id)
                           .field("deleted", agreed)
                           .field("bars", agreed ? bars : 0)
                           .end());
  } else {
    context.say(agreed ? fmt::format("Dataset {} is deleted.", found.id)
                       : fmt::format("Dataset {} stays.", found.id));
  }
  return 0;
}

}  // namespace ctt::cmd
