#pragma once

#include <filesystem>
#include <string_view>

#include "base/home.h"
#include "store/replays.h"

namespace ctt::replay {

/// The files of a replay, `replays/<id>` of the state directory. All but the candles are written when it completes.
struct ReplayFolder {
  std::filesystem::path path;

  std::filesystem::path candles() const { return path / "candles.csv"; }
  std::filesystem::path lock() const { return path / "lock"; }
  std::filesystem::path jobs() const { return path / "jobs"; }
  std::filesystem::path result() const { return path / "result.json"; }
  std::filesystem::path report() const { return path / "report.html"; }
  std::filesystem::path equity() const { return path / "equity.csv"; }
  std::filesystem::path trades() const { return path / "trades.csv"; }
  std::filesystem::path cycles() const { return path / "cycles.csv"; }
};

/// Where the trainings of all replays are kept.
base::Home cache_of(const base::Home& home);
ReplayFolder folder_of(const base::Home& home, std::string_view id);

/// Whether a process works on it.
bool is_running(const base::Home& home, std::string_view id);

/// How a replay stands: one that says `running` and that nobody works on was killed, and is `stopped`.
std::string_view status_text(const base::Home& home, const store::Replay& replay);

/// Asks the process that works on it to stop, as Ctrl-C does: what was trained is kept. False when nobody does.
bool ask_to_stop(const base::Home& home, std::string_view id);

}  // namespace ctt::replay
