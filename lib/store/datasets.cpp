#include "store/datasets.h"

#include "base/error.h"
#include "base/json.h"
#include "market/symbol.h"
#include "store/reference.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kSelect =
    "SELECT id, name, description, source_type, source_config, features, split_config, created_at, "
    "updated_at "
    "FROM dataset_configs ";

Dataset read_dataset(Query& row) {
  Dataset d;
  row >> d.id >> d.name >> d.description >> d.source_type >> d.source_config >> d.features >>
      d.split_config >> d.created_at >> d.updated_at;
  return d;
}

void refuse_unfit(const Dataset& dataset) {
  if (!is_slug(dataset.id)) {
    throw Error(Failure::usage,
                fmt::format("\"{}\" is no name for a dataset: up to 40 lower-case letters, digits and "
                            "hyphens",
                            dataset.id));
  }
  const std::vector<std::string> sources{"alpaca", "csv", "synthetic"};
  if (std::ranges::find(sources, dataset.source_type) == sources.end()) {
    throw Error(
        Failure::usage,
        fmt::format("dataset {}: there is no source \"{}\"{}; there are alpaca, csv and synthetic",
                    dataset.id, dataset.source_type, base::did_you_mean(dataset.source_type, sources)));
  }
  static_cast<void>(dataset.series());
  static_cast<void>(dataset.costs());
}

[[noreturn]] void refuse_missing(std::string_view id) {
  throw Error(Failure::not_found, fmt::format("no dataset is called \"{}\"", id)).fix("ctt datasets list");
}

}  // namespace

SeriesKey Dataset::series() const {
  auto source =
      base::JsonValue::parse(source_config, fmt::format("dataset {}: source_config", id)).as_object();
  return {.source = source_type == "alpaca" ? "alpaca" : "dataset:" + id,
          .symbol = market::checked_symbol(source.string("symbol"), source.where()),
          .timeframe = market::Timeframe::parse(source.string("timeframe"))};
}

std::optional<market::Costs> Dataset::costs() const {
  auto source =
      base::JsonValue::parse(source_config, fmt::format("dataset {}: source_config", id)).as_object();
  if (const auto own = source.find("costs")) return market::read_costs(*own);
  if (source_type == "alpaca") return market::parse_costs("alpaca-tier1");
  return std::nullopt;
}

std::string Dataset::source_settings() const {
  auto source =
      base::JsonValue::parse(source_config, fmt::format("dataset {}: source_config", id)).as_object();
  base::JsonWriter json;
  json.object();
  for (const auto& key : source.keys()) {
    if (key == "symbol" || key == "timeframe" || key == "costs") continue;
    const auto value = source.find(key);
    json.raw_field(key, value ? value->text() : "null");
  }
  return json.end().text();
}

namespace datasets {

void insert(Transaction& change, const Dataset& dataset) {
  refuse_unfit(dataset);
  if (find(change, dataset.id)) {
    throw Error(Failure::refused, fmt::format("there is a dataset \"{}\" already", dataset.id))
        .fix(fmt::format("ctt datasets show {}", dataset.id));
  }
  Query(change,
        "INSERT INTO dataset_configs (id, name, description, source_type, source_config, features, "
        "split_config, "
        "created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        dataset.id, dataset.name, dataset.description, dataset.source_type, dataset.source_config,
        dataset.features, dataset.split_config, dataset.created_at, dataset.updated_at)
      .run();
}

void update(Transaction& change, const Dataset& dataset) {
  refuse_unfit(dataset);
  Query update(
      change,
      "UPDATE dataset_configs SET name = ?2, description = ?3, source_type = ?4, source_config = ?5, "
      "features = ?6, split_config = ?7, updated_at = ?8 WHERE id = ?1",
      dataset.id, dataset.name, dataset.description, dataset.source_type, dataset.source_config,
      dataset.features, dataset.split_config, dataset.updated_at);
  if (update.run() == 0) refuse_missing(dataset.id);
}

void remove(Transaction& change, std::string_view id) {
  Query user(change, "SELECT id FROM continuous_training_schedules WHERE dataset_id = ?1 ORDER BY id", id);
  if (user.next()) {
    throw Error(Failure::refused,
                fmt::format("the dataset \"{}\" is used by schedule {}", id, user.get<std::string>()));
  }
  Query removal(change, "DELETE FROM dataset_configs WHERE id = ?1", id);
  if (removal.run() == 0) refuse_missing(id);
}

std::optional<Dataset> find(Database& database, std::string_view id) {
  Query row(database, fmt::format("{} WHERE id = ?1", kSelect), id);
  return first(row, read_dataset);
}

Dataset get(Database& database, std::string_view reference) {
  if (auto dataset = find(database, reference)) return *dataset;
  std::vector<Named> known;
  for (const auto& dataset : list(database)) known.push_back({dataset.id, dataset.name});
  return *find(database, resolve("dataset", reference, known, "ctt datasets list"));
}

std::vector<Dataset> list(Database& database) {
  Query rows(database, fmt::format("{} ORDER BY id", kSelect));
  return all(rows, read_dataset);
}

std::vector<std::string> users(Database& database, std::string_view id) {
  Query rows(database,
             "SELECT 'schedule ' || id FROM continuous_training_schedules WHERE dataset_id = ?1 UNION ALL "
             "SELECT 'experiment ' || name FROM experiments WHERE dataset_id = ?1",
             id);
  return all(rows, [](Query& row) { return row.get<std::string>(); });
}

}  // namespace datasets
}  // namespace ctt::store
