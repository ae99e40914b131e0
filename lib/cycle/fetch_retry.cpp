#include "cycle/fetch_retry.h"

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "base/log.h"

namespace ctt::cycle {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause = std::chrono::seconds(15);

void wait(const CycleContext& context, milliseconds pause) {
  if (context.pause) return context.pause(pause);
  const auto end = std::chrono::steady_clock::now() + pause;
  while (context.launch.stop_count() == 0) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, milliseconds(100)));
  }
}

}  // namespace

milliseconds retry_pause(int attempt, milliseconds interval) {
  auto pause = kFirstPause;
  for (int i = 1; i < attempt && pause < interval; ++i) pause *= 4;
  return std::min(pause, interval / 10);
}

FetchReport with_fetch_retries(const CycleContext& context, const store::Cycle& cycle, milliseconds interval,
                               const std::function<void(FetchReport&)>& fetch) {
  // A cycle out of turn has its start as its slot; one that makes up for an old slot has an interval as well.
  const auto made_up = cycle.started_at >= cycle.slot_at + interval;
  const auto next_slot = (made_up ? cycle.started_at : cycle.slot_at) + interval;
  FetchReport report;
  for (int attempt = 1;; ++attempt) {
    try {
      fetch(report);
      return report;
    } catch (const base::Error& error) {
      const bool may_pass = error.failure() == base::Failure::unreachable;
      if (!may_pass || attempt > context.fetch_retries || context.launch.stop_count() > 0) throw;
      const auto pause = retry_pause(attempt, interval);
      if (context.clock.now() + pause >= next_slot) throw;
      base::log()->warn("cycle {} of {}: {}; again in {} s", cycle.number, cycle.schedule_id, error.what(),
                        std::chrono::duration<double>(pause).count());
      context.observer.fetch_failed(cycle, error.what(), pause, attempt, context.fetch_retries);
      wait(context, pause);
      if (context.launch.stop_count() > 0) throw;
    }
  }
}

}  // namespace ctt::cycle
