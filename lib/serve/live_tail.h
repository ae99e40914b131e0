#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/live_sessions.h"

namespace ctt::serve {

/// What traders do, as `live_*` frames. They have no seq: they are made from the tables when these have changed,
/// and a client that missed some reads the histories. Timestamps are epoch seconds; every frame names its schedule
/// and its session. Of each schedule the session that was begun last is followed.
class LiveTail {
 public:
  struct Frame {
    std::string text;
    bool newest = true;  ///< of the session that was begun last of all: what `/ws/live` shows
  };

  explicit LiveTail(store::Database& database);

  /// For a new listener, of the newest session of all: `live_status`, `live_bars_history`, `live_trades_history`, up
  /// to what `news` has handed on, so that the next news follow without a gap and without a bar twice.
  std::vector<std::string> greeting();
  /// What came since the last call: bars, decisions, fills, then the account; `live_status` too when
  /// another session has begun or one has ended.
  std::vector<Frame> news();

 private:
  /// What of a session has been handed on.
  struct Followed {
    std::string session_id;
    store::SessionStatus status = store::SessionStatus::stopped;
    std::int64_t step = -1;       ///< of the newest decision
    std::optional<double> price;  ///< at which it was made
    std::size_t trades = 0;       ///< fills
  };

  std::vector<store::LiveSession> sessions();
  void begin(const store::LiveSession& session);
  void add_news(std::vector<Frame>& frames, const store::LiveSession& session, bool newest);

  store::Database& database_;
  std::map<std::string, Followed> followed_;  ///< by schedule
};

}  // namespace ctt::serve
