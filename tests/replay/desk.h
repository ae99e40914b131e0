#pragma once

#include "replay/replay.h"
#include "rig.h"

namespace ctt::replay {

/// A rig with a schedule, and the candles of its dataset for replays: learners learn nothing, bars are hours.
struct Desk : cycle::Rig {
  explicit Desk(schedule::Config config = cycle::Rig::config());

  /// Two days of bars from `first` on, arms `never` and `always`, one seed.
  ReplaySettings settings(const std::string& first = "2024-02-10T00:00:00Z");
  LineageTask task(Arm arm, const std::string& first = "2024-02-10T00:00:00Z");
  /// All bars of February.
  market::CandleSeries candles();
  ReplayContext replay_context(int jobs = 1);
  /// The candles with nonsense in every bar after `after`.
  static market::CandleSeries garbled(market::CandleSeries candles, base::Seconds after);
};

/// A cache in the desk's home with the base in it.
struct DeskCache {
  explicit DeskCache(Desk& desk);
  base::FileLock lock;
  TrainingCache trainings;
};

base::Seconds at(const std::string& time);

}  // namespace ctt::replay
