#include "views/dataset.h"

namespace ctt::views {

// Every bar of a dataset is learned from; what is held back is the cycle's or the command's to say.
std::string split_config(const store::Dataset& dataset) {
  return dataset.split_config == "{}" ? R"({"train_pct":1,"val_pct":0,"test_pct":0})" : dataset.split_config;
}

void add_dataset(base::JsonWriter& json, const store::Dataset& dataset) {
  json.field("id", dataset.id).field("name", dataset.name).field("description", dataset.description);
  json.field("source_type", dataset.source_type).raw_field("source_config", dataset.source_config);
  json.raw_field("features", dataset.features).raw_field("split_config", split_config(dataset));
  json.field("created_at", dataset.created_at).field("updated_at", dataset.updated_at);
}

void add_candle(base::JsonWriter& json, const market::Candle& candle) {
  json.field("timestamp", candle.open_time).field("open", candle.open).field("high", candle.high);
  json.field("low", candle.low).field("close", candle.close).field("volume", candle.volume);
}

}  // namespace ctt::views
