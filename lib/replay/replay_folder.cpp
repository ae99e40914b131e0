#include "replay/replay_folder.h"

#include <signal.h>

#include "base/files.h"

namespace ctt::replay {

base::Home cache_of(const base::Home& home) { return {home.replays() / "cache"}; }

ReplayFolder folder_of(const base::Home& home, std::string_view id) { return {home.replays() / id}; }

bool is_running(const base::Home& home, std::string_view id) {
  return base::FileLock::is_held(folder_of(home, id).lock());
}

std::string_view status_text(const base::Home& home, const store::Replay& replay) {
  const bool left = replay.status == store::ReplayStatus::running && !is_running(home, replay.id);
  return name(left ? store::ReplayStatus::stopped : replay.status);
}

bool ask_to_stop(const base::Home& home, std::string_view id) {
  if (!is_running(home, id)) return false;
  const auto worker = base::FileLock::holder(folder_of(home, id).lock());
  return worker && ::kill(worker->pid, SIGTERM) == 0;
}

}  // namespace ctt::replay
