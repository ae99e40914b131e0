#pragma once

#include <string_view>

#include "cmd/shell/settings.h"

namespace ctt::cmd {

/// Checks what settings mean, which their form does not show: that the broker's addresses (`alpaca.`) and where alarms
/// go (`notify.`) can be used. Of one group, or of both when `key` is empty. Throws Error(usage, keys, not_found).
void require_sound(const Settings& settings, std::string_view key = {});

}  // namespace ctt::cmd
