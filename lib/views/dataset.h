#pragma once

#include <string>

#include "base/json.h"
#include "market/candle.h"
#include "store/datasets.h"

namespace ctt::views {

/// The fields of a dataset, as the web contract spells them, into an object that is open.
void add_dataset(base::JsonWriter& json, const store::Dataset& dataset);

/// Which shares of it are for what, as JSON: what was stored with it or, without that, all of it for training.
std::string split_config(const store::Dataset& dataset);

/// The fields of a candle, into an object that is open.
void add_candle(base::JsonWriter& json, const market::Candle& candle);

}  // namespace ctt::views
