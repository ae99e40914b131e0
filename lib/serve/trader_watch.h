#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/home.h"
#include "upkeep/trader_health.h"

namespace ctt::serve {

/// Asks the traders of all schedules how they are, again and again, so that the thread which serves never waits for
/// one. A trader counts as silent when it missed two answers in a row. Keeps the newest answers; writes nothing.
///
/// Thread-safe: it asks on a thread of its own, with a connection of its own.
class TraderWatch {
 public:
  struct Pauses {
    std::chrono::milliseconds between{1000};   ///< two rounds
    std::chrono::milliseconds patience{1000};  ///< for one answer
  };
  explicit TraderWatch(base::Home home) : TraderWatch(std::move(home), Pauses{}) {}
  TraderWatch(base::Home home, Pauses pauses);
  ~TraderWatch();
  TraderWatch(const TraderWatch&) = delete;
  TraderWatch& operator=(const TraderWatch&) = delete;

  /// What the trader of the schedule said last; nothing at all before it was asked.
  upkeep::TraderHealth newest(const std::string& schedule) const;

 private:
  void watch(const std::stop_token& stop);
  void ask_all(store::Database& database, const std::stop_token& stop);
  void take(const std::string& schedule, const upkeep::TraderHealth& health);

  base::Home home_;
  Pauses pauses_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, upkeep::TraderHealth> said_;
  std::map<std::string, int> missed_;  ///< answers in a row; of the asking thread alone
  std::jthread thread_;
};

}  // namespace ctt::serve
