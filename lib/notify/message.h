#pragma once

#include <string>

#include "store/alarms.h"

namespace ctt::notify {

/// One JSON object: `event` (its kind), `level`, `schedule_id` or null, `reason`, `command` and `since` or null,
/// `raised_at`, `host`, `id`.
std::string alarm_json(const store::Alarm& alarm);

/// A line for a person: `ctt critical, btc: the trader of btc is halted: ..., since ... (host); ctt trade resume ...`.
std::string alarm_text(const store::Alarm& alarm);

}  // namespace ctt::notify
