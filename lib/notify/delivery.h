#pragma once

#include <functional>
#include <string>

#include "notify/settings.h"
#include "store/alarms.h"

namespace ctt::notify {

// How an alarm leaves. Each returns what went wrong, empty when nothing did, and throws nothing for it. `stopping`
// is asked while waiting and ends that.

using Stopping = std::function<bool()>;

/// Runs the command, in a session of its own, with `input` on its standard input; what it prints is dropped. It is
/// killed after the time limit. Nothing of this process's memory is copied for it.
std::string run_command(const NotifySettings& settings, const std::string& input, const Stopping& stopping);

/// Sends it to the address, tried again twice when it could not be reached or the server had trouble.
std::string post(const NotifySettings& settings, const store::Alarm& alarm, const Stopping& stopping);

/// Fetches the heartbeat's address.
std::string fetch_heartbeat(const NotifySettings& settings, const Stopping& stopping);

}  // namespace ctt::notify
