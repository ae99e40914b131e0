#pragma once

#include "store/cycles.h"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace ctt::schedule {

/// What tells a process from a later one with the same pid: the boot and its starting time.
std::string process_identity(pid_t pid);

/// True while the process with this pid and identity lives.
bool is_alive(pid_t pid, std::string_view identity);

/// Asks the process of a running cycle to finish its iteration, save and end. False when that
/// process is gone. Throws Error(refused) when it may not be asked.
bool ask_to_stop(const store::Cycle& cycle);

/// The running cycles whose process is gone: a crash, a kill or a reboot left them. The next run
/// finishes or closes each, going by the step it was in.
std::vector<store::Cycle> interrupted(store::Database& database);

}  // namespace ctt::schedule
