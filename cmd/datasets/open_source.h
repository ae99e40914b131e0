#pragma once

#include <memory>

#include "cmd/shell/context.h"
#include "market/source.h"
#include "store/datasets.h"

namespace ctt::cmd {

/// The source that a dataset names. One that needs no network knows where it begins: `available`
/// has an answer, for a synthetic series without an end too. Alpaca is where the settings say, and is
/// not asked yet. Throws Error(usage) for settings and Error(keys) for keys that cannot be used.
std::unique_ptr<market::CandleSource> open_source(const Context& context, const store::Dataset& dataset);

}  // namespace ctt::cmd
