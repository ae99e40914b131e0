#include "serve/event_log.h"

#include <algorithm>

#include "store/events.h"

namespace ctt::serve {

namespace {

constexpr std::int64_t kStretch = 1000;  // events read at once
constexpr int kStretchesMax = 20;        // and at most so often: one thread serves all

bool is_progress(const store::Event& event) {
  return event.type == "continuous_cycle_progress" || event.type == "training_update";
}

}  // namespace

RestAnswer event_log(const Call& call) {
  const auto type = call.asked("type"), schedule = call.asked("schedule_id");
  const auto limit = call.limit(100, 1000);
  auto before = call.asked_number("before").value_or(store::events::last_seq(call.database) + 1);
  std::vector<store::Event> found;
  for (int stretch = 0; stretch < kStretchesMax && before > 1 && found.size() < limit; ++stretch) {
    const auto from = std::max<std::int64_t>(0, before - 1 - kStretch);
    auto events = store::events::since(call.database, from, static_cast<std::size_t>(before - 1 - from));
    std::ranges::reverse(events);
    for (auto& event : events) {
      if (event.seq >= before) continue;
      const bool wanted =
          (type ? event.type == *type : !is_progress(event)) && (!schedule || event.schedule_id == *schedule);
      if (wanted && found.size() < limit) found.push_back(std::move(event));
    }
    before = from + 1;
  }
  const bool full = found.size() == limit;
  if (full && !found.empty()) before = found.back().seq;
  base::JsonWriter json;
  json.object().key("items").array();
  for (const auto& event : found) json.raw(event.json());
  json.end().field("next_before", before > 1 ? std::optional(before) : std::nullopt);
  return {.body = json.end().text()};
}

}  // namespace ctt::serve
