#pragma once

#include <string>

#include "store/live_decisions.h"
#include "store/live_orders.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"

namespace ctt::trader {

/// Where the decision loop writes what it did. Calls are quick; what must be on disk before the
/// next step says so by its name.
class Journal {
 public:
  virtual ~Journal() = default;

  virtual void decided(const store::LiveDecision& decision) = 0;
  virtual void traded(const store::LiveTrade& trade) = 0;
  virtual void ordered(const store::LiveOrder& intent) = 0;
  virtual void order_changed(const std::string& client_order_id, const store::OrderUpdate& update) = 0;
  virtual void account_changed(const store::SessionState& state) = 0;

  /// Returns when the intent, and everything before it, is on disk.
  virtual void ordered_durably(const store::LiveOrder& intent) = 0;
  /// Returns when the halt is on disk.
  virtual void halted_durably(const std::string& reason) = 0;
};

}  // namespace ctt::trader
