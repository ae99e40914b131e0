#include "schedule/slots.h"

namespace ctt::schedule {

namespace {

using base::Instant;
using std::chrono::milliseconds;

milliseconds since_anchor(const Config& config, Instant instant) {
  return instant.time_since_epoch() - config.anchor;
}

std::int64_t slots_between(const Config& config, Instant first, Instant last) {
  return (last - first) / config.interval + 1;
}

// How long a slot may wait for its timer before `skip` calls it missed, and how far a clock may be
// adjusted without consequences.
milliseconds patience(const Config& config) {
  return std::min<milliseconds>(std::chrono::hours(1), config.interval / 2);
}

Missed missed_between(const Config& config, Instant first, Instant last) {
  if (last < first) return {};
  return {.first = first, .last = last, .slots = slots_between(config, first, last)};
}

}  // namespace

Instant slot_at_or_before(const Config& config, Instant now) {
  const auto interval = config.interval.count();
  const auto passed = since_anchor(config, now).count();
  const auto into_slot = ((passed % interval) + interval) % interval;
  return now - milliseconds(into_slot);
}

Instant slot_after(const Config& config, Instant now) {
  return slot_at_or_before(config, now) + config.interval;
}

std::optional<Due> due(const store::Schedule& schedule, const Config& config, Instant now) {
  if (schedule.status != store::ScheduleState::active || !schedule.next_cycle_at) return std::nullopt;
  const Instant stored = *schedule.next_cycle_at;
  if (now < schedule.created_at - patience(config)) return std::nullopt;
  if (stored > now + config.interval + patience(config)) {
    return Due{.slot = {}, .missed = {}, .next = slot_after(config, now), .clock_went_back = true};
  }
  if (stored > now) return std::nullopt;
  // The stored slot may be off a grid that changed since; from it on the grid counts.
  const Instant newest = std::max(stored, slot_at_or_before(config, now));
  const Instant next = slot_after(config, now);
  switch (config.misfire) {
    case Misfire::run_all: {
      const Instant oldest = std::max(stored, newest - (kBacklogMax - 1) * config.interval);
      return Due{.slot = oldest,
                 .missed = missed_between(config, stored, oldest - config.interval),
                 .next = slot_after(config, oldest),
                 .backlog = oldest != newest};
    }
    case Misfire::skip:
      if (now - newest > patience(config)) {
        return Due{.slot = {}, .missed = missed_between(config, stored, newest), .next = next};
      }
      break;
    case Misfire::run_once:
      break;
  }
  return Due{
      .slot = newest, .missed = missed_between(config, stored, newest - config.interval), .next = next};
}

}  // namespace ctt::schedule
