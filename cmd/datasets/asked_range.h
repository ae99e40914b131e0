#pragma once

#include <optional>
#include <string>

#include "cmd/shell/context.h"
#include "market/source.h"
#include "store/datasets.h"

namespace ctt::cmd {

/// The span of a dataset that a command reads, as its options --from and --to say.
struct AskedSpan {
  std::optional<std::string> from{}, to{};  ///< times
  std::size_t warm_up = 0;                  ///< bars before `from` that nothing is decided on
};

/// The first and last opening time of it. Without `from` it begins where the source does, or, of a source that does not
/// know that, with the oldest stored bar; without `to` it ends with the newest bar. Throws Error(usage).
market::TimeRange asked_range(Context& context, const store::Dataset& dataset, market::CandleSource& source,
                              const AskedSpan& asked);

}  // namespace ctt::cmd
