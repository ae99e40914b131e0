// Action schemes that sell of their own accord: TrailingStopBSH, BracketBSH, DrawdownBudgetBSH.
#include "environment/action_type.h"

namespace ctt::environment {

namespace {

using base::Range;

// Sells at a close that lies stop_pct below the highest since the entry. The first peak is the fill's
// price; later ones are closes, the current one included.
class TrailingStop : public ActionRules {
 public:
  explicit TrailingStop(const ActionType::Values& values) : stop_(values.at("stop_pct")) {}

  int effective_action(int action, double close, const Account& account) override {
    if (account.quantity() <= 0) return action;
    // The entry matters only for a position that was there before this scheme was.
    peak_ = std::max({peak_, account.entry_price(), close});
    return close <= peak_ * (1 - stop_) ? Action::sell : action;
  }
  void filled(const Trade& trade, const Account&, bool) override {
    if (trade.side == Side::buy) peak_ = std::max(peak_, trade.price);
  }
  void forget_position() override { peak_ = 0; }

  void save(ActionMemory& memory) const override { memory.peak = peak_; }
  void restore(const ActionMemory& memory) override { peak_ = memory.peak; }

 private:
  double stop_;
  double peak_ = 0;
};

// Sells at a close that lies stop_loss_pct below or take_profit_pct above the account's entry price.
class Bracket : public ActionRules {
 public:
  explicit Bracket(const ActionType::Values& values)
      : stop_loss_(values.at("stop_loss_pct")), take_profit_(values.at("take_profit_pct")) {}

  int effective_action(int action, double close, const Account& account) override {
    const double entry = account.entry_price();
    const bool out = entry > 0 && (close <= entry * (1 - stop_loss_) || close >= entry * (1 + take_profit_));
    return out ? Action::sell : action;
  }

 private:
  double stop_loss_, take_profit_;
};

// Sells when the net worth lies more than max_drawdown_pct below its peak, and does not buy for
// lockout_steps bars from then on. Every bar below the budget renews the lock-out; as equity does not
// move without a position, a breach usually ends buying until the episode ends.
class DrawdownBudget : public ActionRules {
 public:
  explicit DrawdownBudget(const ActionType::Values& values)
      : drawdown_max_(values.at("max_drawdown_pct")),
        lockout_(static_cast<int>(values.at("lockout_steps"))) {}

  int effective_action(int action, double close, const Account& account) override {
    const double net_worth = account.net_worth(close);
    peak_ = std::max(peak_, net_worth);
    if ((peak_ - net_worth) / peak_ > drawdown_max_) {
      remaining_ = lockout_;
      if (account.quantity() > 0) action = Action::sell;
    }
    const bool blocked = remaining_ > 0;
    remaining_ -= blocked ? 1 : 0;
    return blocked && action == Action::buy ? Action::hold : action;
  }

  void save(ActionMemory& memory) const override {
    memory.peak = peak_;
    memory.remaining = remaining_;
  }
  void restore(const ActionMemory& memory) override {
    peak_ = memory.peak;
    remaining_ = memory.remaining;
  }

 private:
  double drawdown_max_;
  int lockout_;
  double peak_ = 0;    // of the net worth at closes, over positions
  int remaining_ = 0;  // bars of the lock-out
};

}  // namespace

std::vector<ActionType> stop_types() {
  return {
      {.name = "TrailingStopBSH",
       .parameters = {{"stop_pct", 0.05, Range::above(0, 1)}},
       .start = start<TrailingStop>},
      {.name = "BracketBSH",
       .parameters = {{"stop_loss_pct", 0.05, Range::above(0, 1)},
                      {"take_profit_pct", 0.10, Range::above(0, 100)}},
       .start = start<Bracket>},
      {.name = "DrawdownBudgetBSH",
       .parameters = {{"max_drawdown_pct", 0.10, Range::above(0, 1)},
                      {"lockout_steps", 10, Range::whole(0, kStepsMax)}},
       .start = start<DrawdownBudget>},
  };
}

}  // namespace ctt::environment
