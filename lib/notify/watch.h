#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "notify/look.h"
#include "notify/sender.h"

namespace ctt::notify {

/// Looks for alarms each second for as long as it lives, and sends what this process found first. It has threads
/// and connections of its own: whoever owns it waits for none of them but at its end.
class Watch {
 public:
  /// `clock` outlives it and may be read by any thread.
  Watch(NotifySettings settings, base::Home home, const base::Clock& clock,
        std::chrono::milliseconds every = std::chrono::seconds(1));
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Looks no more, and waits until what it found is sent, or `most` has passed. Without this, what is under way
  /// at the end of this object is left to another process.
  void finish(std::chrono::milliseconds most);

 private:
  void run(const std::stop_token& stop);
  void look_once(store::Database& database);

  NotifySettings settings_;
  base::Home home_;
  const base::Clock& clock_;
  std::chrono::milliseconds every_;
  Sender sender_;
  std::string last_problem_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

/// One look for who is called now and then (a timer's cycle, OnFailure= of a unit): sends what it found and waits
/// for that. `more`: alarms of the caller's own, which go first.
void look_and_send(const store::StateContext& state, const NotifySettings& settings,
                   const std::vector<store::Alarm>& more = {});

}  // namespace ctt::notify
