#pragma once

#include <optional>

#include "store/alarms.h"
#include "store/events.h"

namespace ctt::notify {

/// What a person is told of an event: a cycle that failed, a model that the gate rejected, a trader took or gave
/// back. Nothing for all others. Conditions that last are not told from events: see `look`.
std::optional<store::Alarm> alarm_of(const store::Event& event);

/// A cycle that came to its end with a result.
bool is_good_cycle(const store::Event& event);

}  // namespace ctt::notify
