#pragma once

#include <chrono>
#include <functional>

#include "cycle/context.h"

namespace ctt::cycle {

/// How long to wait before attempt `attempt` (1, 2, ...) to reach a source again: 15 s, then four times as
/// long each time, never more than a tenth of the schedule's interval.
std::chrono::milliseconds retry_pause(int attempt, std::chrono::milliseconds interval);

/// Does `fetch` and, as long as the source is unreachable and attempts are left, does it again after a
/// pause that ends before the schedule's next slot. The slot stays this cycle's meanwhile. What `fetch` adds to the
/// report in an attempt that failed is kept. Throws what the last attempt threw; at once when the operator stops the
/// run, and for every failure that waiting does not mend.
FetchReport with_fetch_retries(const CycleContext& context, const store::Cycle& cycle,
                               std::chrono::milliseconds interval,
                               const std::function<void(FetchReport&)>& fetch);

}  // namespace ctt::cycle
