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
  virtual void ordered(const store::LiveOrder& intent) = 0;
  virtual void order_changed(const market::OrderEvent& event) = 0;
  /// A fill: the trade, what it makes of its order and of the account, all or nothing.
  virtual void filled(const store::LiveTrade& trade, const market::OrderEvent& event,
                      const store::SessionState& state) = 0;
  virtual void account_changed(const store::SessionState& state) = 0;
  /// False where that is not kept: it takes longer to put together than a small policy to decide.
  virtual bool keeps_account() const { return true; }

  /// Returns when the intent, and everything before it, is on disk. False when an order of this id
  /// was there already: it must not be sent.
  [[nodiscard]] virtual bool ordered_durably(const store::LiveOrder& intent) = 0;
  /// Returns when the step up is on disk, together with the account that it was made for.
  virtual void escalated_durably(store::TraderState state, const std::string& reason,
                                 const store::SessionState& account) = 0;
  /// Returns when it is on disk that everything is to be sold for `reason`, and that only sales leave until then.
  virtual void flatten_asked_durably(const std::string& reason, const store::SessionState& account) {
    escalated_durably(store::TraderState::reducing, reason, account);
  }
  /// Returns when it is on disk that a flatten has come to its end and the trader is halted for `reason`.
  virtual void flattened_durably(const std::string& reason, const store::SessionState& account) = 0;
};

}  // namespace ctt::trader
