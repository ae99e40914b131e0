#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/live_sessions.h"

namespace ctt::serve {

/// The newest trader's bars, decisions, fills and account as `live_*` frames. They have no seq: they are
/// made from the tables when these have changed, and a client that missed some reads the histories.
/// Timestamps are epoch seconds.
class LiveTail {
 public:
  explicit LiveTail(store::Database& database);

  /// For a new listener: `live_status`, `live_bars_history`, `live_trades_history`, up to what `news` has
  /// handed on, so that the next news follow without a gap and without a bar twice.
  std::vector<std::string> greeting();
  /// What came since the last call: bars, decisions, fills, then the account; `live_status` too when
  /// another session has begun or this one has ended.
  std::vector<std::string> news();

 private:
  void begin(const store::LiveSession& session);
  std::optional<store::LiveSession> session();

  store::Database& database_;
  std::string session_id_;
  store::SessionStatus status_ = store::SessionStatus::stopped;
  std::int64_t step_ = -1;  ///< of the newest decision handed on
  std::size_t trades_ = 0;  ///< fills handed on
};

}  // namespace ctt::serve
