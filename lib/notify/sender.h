#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/home.h"
#include "base/time.h"
#include "notify/delivery.h"

namespace ctt::notify {

/// Sends alarms on threads of its own, one for the command and one for addresses, so that one which hangs delays
/// nothing of the other. Failures are logged and written to the alarm's row, and stop nothing. What still waits
/// when this object ends is left to another process.
///
/// Thread-safe.
class Sender {
 public:
  /// `clock` outlives it.
  Sender(NotifySettings settings, base::Home home, const base::Clock& clock);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(const store::Alarm& alarm);
  void heartbeat();
  /// Waits until everything has been sent, or `most` has passed.
  void wait(std::chrono::milliseconds most);

 private:
  struct Work {
    std::function<void(const Stopping&)> run;
    std::function<void()> drop;  ///< instead, when too many wait
  };

  /// Works off what is handed in, in its order.
  class Line {
   public:
    Line();
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    void add(Work work);
    bool wait_idle(std::chrono::steady_clock::time_point until);

   private:
    void run(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Work> waiting_;
    bool busy_ = false;
    std::jthread thread_;
  };

  void record(const store::Alarm& alarm, const std::string& problem);

  NotifySettings settings_;
  base::Home home_;
  const base::Clock& clock_;
  std::mutex recording_;
  Line commands_;
  Line requests_;
};

}  // namespace ctt::notify
