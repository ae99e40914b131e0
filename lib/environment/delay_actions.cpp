// Action schemes that hold back what the policy wants: CooldownBSH, HoldMinimumBSH, ConfirmationBSH.
#include "environment/action_type.h"

namespace ctt::environment {

namespace {

using base::Range;

// Turns one action into a hold for some bars after the bar of a trade.
class BlockAfterTrade : public ActionRules {
 public:
  BlockAfterTrade(int blocked_action, double steps)
      : blocked_action_(blocked_action), steps_(static_cast<int>(steps)) {}

  int effective_action(int action, double, const Account&) override {
    const bool blocked = remaining_ > 0;
    remaining_ -= blocked ? 1 : 0;
    return blocked && action == blocked_action_ ? Action::hold : action;
  }

  void save(ActionMemory& memory) const override { memory.remaining = remaining_; }
  void restore(const ActionMemory& memory) override { remaining_ = memory.remaining; }

 protected:
  void begin() { remaining_ = steps_; }

 private:
  int blocked_action_;
  int steps_;
  int remaining_ = 0;
};

class Cooldown : public BlockAfterTrade {
 public:
  explicit Cooldown(const ActionType::Values& values)
      : BlockAfterTrade(Action::buy, values.at("cooldown_steps")) {}

  void filled(const Trade&, const Account& account, bool) override {
    if (account.quantity() <= 0) begin();
  }
};

class HoldMinimum : public BlockAfterTrade {
 public:
  explicit HoldMinimum(const ActionType::Values& values)
      : BlockAfterTrade(Action::sell, values.at("min_hold_steps")) {}

  void filled(const Trade& trade, const Account&, bool) override {
    if (trade.side == Side::buy) begin();
  }
};

// Lets a signal through when it has come confirmation_steps times in a row, then counts anew.
class Confirmation : public ActionRules {
 public:
  explicit Confirmation(const ActionType::Values& values)
      : steps_(static_cast<int>(values.at("confirmation_steps"))) {}

  int effective_action(int action, double, const Account&) override {
    repeats_ = action == Action::hold ? 0 : action == pending_ ? repeats_ + 1 : 1;
    pending_ = action;
    if (repeats_ < steps_) return Action::hold;
    pending_ = Action::hold;
    repeats_ = 0;
    return action;
  }

  void save(ActionMemory& memory) const override {
    memory.pending = pending_;
    memory.repeats = repeats_;
  }
  void restore(const ActionMemory& memory) override {
    pending_ = memory.pending;
    repeats_ = memory.repeats;
  }

 private:
  int steps_;
  int pending_ = Action::hold;  // the signal that waits
  int repeats_ = 0;             // how often it has come
};

}  // namespace

std::vector<ActionType> delay_types() {
  return {
      {.name = "CooldownBSH",
       .parameters = {{"cooldown_steps", 5, Range::whole(0, kStepsMax)}},
       .start = start<Cooldown>},
      {.name = "HoldMinimumBSH",
       .parameters = {{"min_hold_steps", 5, Range::whole(0, kStepsMax)}},
       .start = start<HoldMinimum>},
      {.name = "ConfirmationBSH",
       .parameters = {{"confirmation_steps", 3, Range::whole(1, kStepsMax)}},
       .start = start<Confirmation>},
  };
}

}  // namespace ctt::environment
