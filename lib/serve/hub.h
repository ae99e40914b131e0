#pragma once

#include <chrono>
#include <set>

#include "base/home.h"
#include "base/time.h"
#include "serve/access.h"
#include "serve/live_tail.h"
#include "serve/outbox.h"
#include "serve/static_files.h"
#include "serve/trader_watch.h"
#include "serve/verdict_tail.h"
#include "store/database.h"
#include "store/events.h"

namespace ctt::serve {

/// How long the server waits for whom.
struct Timeouts {
  std::chrono::milliseconds header{10'000};   ///< from the first byte of a request to its last
  std::chrono::milliseconds idle{60'000};     ///< between requests
  std::chrono::milliseconds auth{5'000};      ///< for the first frame of a WebSocket
  std::chrono::milliseconds ping{15'000};     ///< between our pings
  std::chrono::milliseconds silence{45'000};  ///< without a sign of life from a WebSocket
  std::chrono::milliseconds write{4'000};     ///< for one frame to leave
};

/// Where a WebSocket listens.
enum class Channel { dashboard, live };

/// One WebSocket as the hub sees it.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual Channel channel() const = 0;
  virtual void push(const SharedFrame& frame) = 0;
  /// Looks after time-outs and pings.
  virtual void look(std::chrono::steady_clock::time_point now) = 0;
  /// Closes with `code` and a reason.
  virtual void leave(std::uint16_t code, const char* reason) = 0;
};

/// What all connections share: rules, database, page, the handler of `/api`, and the tail of the event
/// log, which it hands to every listener. One thread.
class Hub {
 public:
  Hub(const base::Home& home, const base::Clock& clock, Handler handler, AccessRules rules, StaticFiles page,
      Timeouts patience);

  /// The answer to a request that is no upgrade, refusals included.
  RestAnswer answer(const RestRequest& request, const AccessCredentials& who, bool takes_gzip);

  /// `hello` with the state of things at its seq.
  Frame hello();
  /// What trains, as `GET /api/status` says it, without a seq, as it is kept nowhere; null when that cannot be told.
  SharedFrame training_status();
  /// Events after `seq`, oldest first, a page of them.
  std::vector<SharedFrame> after(std::int64_t seq);
  /// False when a client that knows `seq` has to refetch.
  bool can_resume(std::int64_t seq);
  Frame resync();
  /// The answer to a client's ping: without a seq, as it is kept nowhere.
  SharedFrame pong() const;

  /// What /ws/live begins with.
  std::vector<std::string> live_greeting() { return live_.greeting(); }

  void join(Listener& listener) { listeners_.insert(&listener); }
  void part(Listener& listener) { listeners_.erase(&listener); }
  std::size_t listeners() const { return listeners_.size(); }

  /// What the trader of a schedule said last; nobody is waited for.
  upkeep::TraderHealth trader_health(const store::Schedule& schedule) const {
    return traders_.newest(schedule.id);
  }

  /// Hands on what came since the last time. Called every few milliseconds.
  void tick();
  void close_all();

  const AccessRules& rules() const { return rules_; }
  const Timeouts& patience() const { return patience_; }

 private:
  RestAnswer operations(const RestRequest& request);
  RestAnswer call(const RestRequest& request);
  std::string part_of_hello(const char* path);
  void hand_on_events();
  void hand_on_training(const store::Event& event);
  void hand_on_live();
  void hand_on_verdicts(std::chrono::steady_clock::time_point now);
  void push_to_all(std::string text);
  void push_to_dashboards(const SharedFrame& frame);

  base::Home home_;
  store::Database database_;
  const base::Clock& clock_;
  Handler handler_;
  AccessRules rules_;
  StaticFiles page_;
  Timeouts patience_;
  std::set<Listener*> listeners_;
  LiveTail live_;
  TraderWatch traders_;
  VerdictTail verdicts_;
  std::chrono::steady_clock::time_point verdicts_at_{};
  std::int64_t seen_version_ = -1;
  std::int64_t seq_ = 0;
};

}  // namespace ctt::serve
