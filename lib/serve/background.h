#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include "base/home.h"
#include "base/time.h"
#include "store/database.h"

namespace ctt::serve {

/// What a command of ours said when it failed.
struct CommandFailed : std::runtime_error {
  CommandFailed(std::string its_code, const std::string& message)
      : std::runtime_error(message), code(std::move(its_code)) {}
  std::string code;  ///< `E_DATA_BLOCKED`
};

/// Work that goes on after its request was answered, each piece on a thread of its own with a
/// connection of its own: waiting for a trader's answer, for a command's end.
///
/// What the work throws becomes the event `command_failed` with its request_id. Destroying a Background
/// asks every piece to stop waiting and waits for that. One thread calls.
class Background {
 public:
  using Work = std::function<void(store::Database&, const std::stop_token&)>;

  Background(const base::Home& home, const base::Clock& clock) : home_(home), clock_(clock) {}
  ~Background() { threads_.clear(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Room for one piece of work. Whoever wants to go on after the answer asks for it before anything is
  /// changed or started: a request that is turned down has done nothing.
  class Place {
    friend class Background;
    Place() = default;
  };

  /// Throws Error(busy) when `kMost` pieces run already.
  [[nodiscard]] Place place();

  /// Goes on with `work` in the place that was asked for.
  void run(Place place, const std::string& request_id, Work work);

  /// Waits until nothing runs any more.
  void wait();

  static constexpr std::size_t kMost = 16;

 private:
  void carry_out(const std::string& request_id, const Work& work, const std::stop_token& stop) const;

  base::Home home_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::set<std::thread::id> ended_;  // guarded by mutex_
  std::list<std::jthread> threads_;
};

}  // namespace ctt::serve
