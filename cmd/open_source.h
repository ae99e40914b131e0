#pragma once

#include <memory>

#include "market/source.h"
#include "store/datasets.h"

namespace ctt::cmd {

/// The source that a dataset names. One that needs no network knows where it begins: `available`
/// has an answer, for a synthetic series without an end too.
/// Throws Error(refused) for one that needs a broker this program does not speak to.
std::unique_ptr<market::CandleSource> open_source(const store::Dataset& dataset);

}  // namespace ctt::cmd
