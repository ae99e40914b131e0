#pragma once

#include "cmd/shell/settings.h"
#include "notify/settings.h"

namespace ctt::cmd {

/// The settings `notify.*`. Throws Error(usage) for an address or an event that will not do, Error(keys) for a
/// secret that others may read.
notify::NotifySettings notify_settings(const Settings& settings);

/// Those of them that will do, for whoever has alarms to send: what will not is logged and left out.
notify::NotifySettings usable_notify_settings(const Settings& settings);

}  // namespace ctt::cmd
