#include "serve/routes_datasets.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "features/features.h"
#include "market/sources.h"
#include "serve/dataset_preview.h"
#include "serve/problem.h"
#include "store/candles.h"
#include "store/datasets.h"
#include "store/reference.h"
#include "views/dataset.h"

namespace ctt::serve {

using base::Error;
using base::Failure;
using store::Dataset;

namespace {

RestAnswer with_dataset(const Dataset& dataset, unsigned status = 200) {
  base::JsonWriter json;
  views::add_dataset(json.object(), dataset);
  json.end();
  return {.status = status, .body = json.text()};
}

// Other dashboards call the source so, and their form shows these two before anything is chosen.
void read_foreign_source(Dataset& dataset) {
  if (dataset.source_type != "alpaca_crypto") return;
  auto given = base::JsonValue::parse(dataset.source_config, "source_config").as_object();
  base::JsonWriter json;
  json.object().field("symbol", given.string("symbol", "BTC/USD"));
  dataset.source_config = json.field("timeframe", given.string("timeframe", "1h")).end().text();
  dataset.source_type = "alpaca";
}

void read_into(Dataset& dataset, const Call& call) {
  auto body = call.body();
  dataset.name = body.string("name", dataset.name);
  dataset.description = body.string("description", dataset.description);
  dataset.source_type = body.string("source_type", dataset.source_type);
  if (const auto source = body.find("source_config")) dataset.source_config = source->text();
  read_foreign_source(dataset);
  if (const auto features = body.find("features")) dataset.features = features->text();
  if (const auto split = body.find("split_config")) {
    if (!split->is_object()) throw Error(Failure::usage, "\"split_config\" must be an object");
    dataset.split_config = split->text();
  }
  for (const auto* own : {"id", "created_at", "updated_at"}) static_cast<void>(body.find(own));  // sent back
  body.finish();
}

void check_source(const Dataset& dataset) {
  const auto key = dataset.series();
  if (dataset.source_type == "alpaca") return;  // its settings are the symbol and the timeframe alone
  market::open_source(dataset.source_type, dataset.source_settings(), key.symbol, key.timeframe);
  if (dataset.source_type != "csv") return;
  const auto file =
      base::JsonValue::parse(dataset.source_settings(), "source_config").as_object().string("file");
  if (!std::filesystem::path(file).is_absolute())
    throw Error(Failure::usage,
                fmt::format("the file of a dataset is named from the root, not \"{}\"", file));
}

// Every part that will not do, as a problem; nothing when all do.
std::optional<RestAnswer> unfit(const Dataset& dataset) {
  Problem found{.code = "E_USAGE", .detail = "the dataset cannot be kept like that"};
  const auto check = [&](const char* path, const auto& look) {
    try {
      look();
    } catch (const Error& error) {
      found.errors.push_back({path, error.what()});
    }
  };
  if (dataset.name.empty()) found.errors.push_back({"/name", "is required"});
  if (dataset.source_type.empty()) {
    found.errors.push_back({"/source_type", "is required: alpaca, csv or synthetic"});
  } else {
    check("/source_config", [&] { check_source(dataset); });
  }
  check("/features", [&] { features::FeatureSet::parse(dataset.features); });
  if (found.errors.empty()) return std::nullopt;
  return problem(422, found);
}

// By its id to the letter: what a beginning of it means changes with what else there is.
Dataset named(const Call& call) {
  if (auto dataset = store::datasets::find(call.database, call.named())) return *dataset;
  throw Error(Failure::not_found, fmt::format("there is no dataset \"{}\"", call.named()))
      .fix("ctt datasets list");
}

RestAnswer list(const Call& call) {
  base::JsonWriter json;
  json.array();
  for (const auto& dataset : store::datasets::list(call.database)) {
    views::add_dataset(json.object(), dataset);
    json.end();
  }
  return {.body = json.end().text()};
}

RestAnswer catalogue(const Call&) { return {.body = features::catalogue_json()}; }

RestAnswer detail(const Call& call) { return with_dataset(named(call)); }

RestAnswer preview(const Call& call) {
  const auto dataset = named(call);
  return {.body = dataset_preview(call.database, dataset, call.clock.now())};
}

RestAnswer create(const Call& call) {
  Dataset dataset;
  read_into(dataset, call);
  if (const auto refusal = unfit(dataset)) return *refusal;
  dataset.id = store::slug(dataset.name);
  dataset.created_at = dataset.updated_at = call.clock.now();
  store::Transaction changing(call.database);
  store::datasets::insert(changing, dataset);
  changing.commit();
  return with_dataset(dataset, 201);
}

bool same_bars(const Dataset& a, const Dataset& b) {
  return a.source_type == b.source_type && a.source_config == b.source_config &&
         features::FeatureSet::parse(a.features) == features::FeatureSet::parse(b.features);
}

// A policy fits the features and the market it was trained on, so what something was made from stays.
RestAnswer change(const Call& call) {
  const auto before = named(call);
  auto after = before;
  read_into(after, call);
  if (const auto refusal = unfit(after)) return *refusal;
  const auto users = store::datasets::users(call.database, before.id);
  if (!users.empty() && !same_bars(before, after)) {
    return problem(409, Problem{.code = "E_REFUSED",
                                .detail = fmt::format("dataset {} is used by {} and keeps its candles and "
                                                      "features; make another one",
                                                      before.id, fmt::join(users, ", ")),
                                .fix = {"ctt datasets create NAME"},
                                .current = with_dataset(before).body});
  }
  after.updated_at = call.clock.now();
  store::Transaction changing(call.database);
  store::datasets::update(changing, after);
  if (before.source_config != after.source_config && before.source_type != "alpaca")
    store::candles::remove(changing, before.series());
  changing.commit();
  return with_dataset(after);
}

RestAnswer remove(const Call& call) {
  const auto dataset = named(call);
  store::Transaction changing(call.database);
  store::datasets::remove(changing, dataset.id);
  if (dataset.source_type != "alpaca")  // others may come from the same market
    store::candles::remove(changing, dataset.series());
  changing.commit();
  base::JsonWriter json;
  return {.body = json.object().field("id", dataset.id).field("deleted", true).end().text()};
}

}  // namespace

std::vector<Route> dataset_routes() {
  return {{"GET", "/api/datasets", list},
          {"POST", "/api/datasets", create},
          {"GET", "/api/datasets/features", catalogue},
          {"GET", "/api/datasets/*", detail},
          {"PUT", "/api/datasets/*", change},
          {"DELETE", "/api/datasets/*", remove},
          {"GET", "/api/datasets/*/preview", preview}};
}

}  // namespace ctt::serve
