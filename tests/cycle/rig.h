#pragma once

#include <string>

#include "cycle/cycle.h"
#include "cycle/experiment.h"
#include "cycle/start.h"
#include "store/packs.h"
#include "support/scratch.h"

namespace ctt::cycle {

/// A state directory with a small dataset, a pack, a trained base and an active schedule `s`. The
/// learner is a process that learns nothing; time stands where the test puts it.
struct Rig {
  support::Scratch scratch;
  base::Home home{scratch.path() / "home"};
  base::ManualClock clock{base::parse_time("2024-03-01T00:00:00Z")};
  std::unique_ptr<store::Database> database;
  CycleObserver observer;

  Rig();

  CycleContext context();
  /// Trains the base and starts the schedule with these settings.
  void begin(schedule::Config config);
  static schedule::Config config();
  /// As stored, unchecked: what an earlier version let pass.
  void set_config(const schedule::Config& config);

  store::Schedule schedule() { return store::schedules::get(*database, "s"); }
  /// What `events` says, type by type.
  std::vector<std::string> event_types(std::int64_t since = 0);
};

/// The fake learner behaves so until the end of the scope.
class Behaviour {
 public:
  explicit Behaviour(const char* how) { setenv("FAKE_LEARNER", how, 1); }
  ~Behaviour() { unsetenv("FAKE_LEARNER"); }
};

}  // namespace ctt::cycle
