#pragma once

#include "base/json.h"
#include "cycle/start.h"
#include "store/datasets.h"

namespace ctt::serve {

/// What the first cycle of a schedule would find, into an object that is open: its window as a
/// cycle cuts it and how many of the window's bars are there, or why it would refuse (`blocked`), the learning rate,
/// the costs, and about how long its training takes, going by the base experiment. Bars are those stored and those of
/// the file or generator; a cycle fetches what a market has besides.
void add_start_preview(base::JsonWriter& json, store::Database& database, const store::Dataset& dataset,
                       const cycle::Started& started, base::Instant now);

}  // namespace ctt::serve
