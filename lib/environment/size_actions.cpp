// Action schemes that trade a part: ScaledEntryBSH, PartialTakeProfitBSH, VolatilitySizedBSH.
#include <cmath>

#include "environment/action_type.h"

namespace ctt::environment {

namespace {

using base::Range;

// Buys in equal parts of the cash; the second kind of sale sells one of the parts.
class ScaledEntry : public ActionRules {
 public:
  explicit ScaledEntry(const ActionType::Values& values)
      : tranches_(static_cast<int>(values.at("num_tranches"))) {}

  Order order(int action, const Account& account) const override {
    if (action == Action::buy) {
      const int left = tranches_ - tranches_in_;
      return left > 0 ? buy(1.0 / left, account) : Order{};
    }
    return sell(action == Action::sell_other ? 1.0 / std::max(1, tranches_in_) : 1, account);
  }
  void filled(const Trade& trade, const Account&, bool first_part) override {
    if (!first_part) return;
    // While anything is left of the position, its last tranche is in.
    tranches_in_ = trade.side == Side::buy ? tranches_in_ + 1 : std::max(1, tranches_in_ - 1);
  }
  void forget_position() override { tranches_in_ = 0; }

  void save(ActionMemory& memory) const override { memory.tranches_in = tranches_in_; }
  void restore(const ActionMemory& memory) override { tranches_in_ = memory.tranches_in; }

 private:
  int tranches_;
  int tranches_in_ = 0;
};

// The first sale sells first_sell_proportion, the next the rest; the second kind of sale sells all.
class PartialTakeProfit : public ActionRules {
 public:
  explicit PartialTakeProfit(const ActionType::Values& values)
      : first_sale_(values.at("first_sell_proportion")) {}

  Order order(int action, const Account& account) const override {
    const bool first = action == Action::sell && !partly_sold_;
    return first ? sell(first_sale_, account) : ActionRules::order(action, account);
  }
  void filled(const Trade& trade, const Account&, bool) override { partly_sold_ = trade.side == Side::sell; }
  void forget_position() override { partly_sold_ = false; }

  void save(ActionMemory& memory) const override { memory.partly_sold = partly_sold_; }
  void restore(const ActionMemory& memory) override { partly_sold_ = memory.partly_sold; }

 private:
  double first_sale_;
  bool partly_sold_ = false;
};

// Spends less of the cash the more the close has moved of late.
class VolatilitySized : public ActionRules {
 public:
  explicit VolatilitySized(const ActionType::Values& values)
      : target_risk_(values.at("target_risk")),
        min_size_(values.at("min_size")),
        max_size_(values.at("max_size")),
        log_closes_(static_cast<std::size_t>(values.at("window")) + 1) {}

  int effective_action(int action, double close, const Account&) override {
    log_closes_[closes_seen_++ % log_closes_.size()] = std::log(close);
    return action;
  }
  Order order(int action, const Account& account) const override {
    const bool enters = action == Action::buy && account.quantity() <= 0;
    return enters ? buy(size(), account) : ActionRules::order(action, account);
  }

  void save(ActionMemory& memory) const override {
    memory.closes_seen = closes_seen_;
    memory.log_closes = log_closes_;
  }
  void restore(const ActionMemory& memory) override {
    closes_seen_ = memory.closes_seen;
    std::ranges::copy(memory.log_closes, log_closes_.begin());
  }

 private:
  double size() const;

  double target_risk_, min_size_, max_size_;
  std::vector<double> log_closes_;  // ring of window + 1
  std::size_t closes_seen_ = 0;
};

// Share of the cash a purchase spends: the target over the population deviation of the log
// returns seen so far, at most `window` of them.
double VolatilitySized::size() const {
  const std::size_t capacity = log_closes_.size();
  const std::size_t returns = std::min(closes_seen_, capacity) - 1;
  if (returns == 0) return max_size_;
  const auto change = [&](std::size_t back) {
    return log_closes_[(closes_seen_ - 1 - back) % capacity] -
           log_closes_[(closes_seen_ - 2 - back) % capacity];
  };
  double mean = 0;
  for (std::size_t k = 0; k < returns; ++k) mean += change(k);
  mean /= static_cast<double>(returns);
  double squares = 0;
  for (std::size_t k = 0; k < returns; ++k) squares += (change(k) - mean) * (change(k) - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(returns));
  return deviation > 0 ? std::clamp(target_risk_ / deviation, min_size_, max_size_) : max_size_;
}

std::string min_not_above_max(const ActionType::Values& values) {
  const double min = values.at("min_size"), max = values.at("max_size");
  return min > max ? fmt::format("\"min_size\" {} is above \"max_size\" {}", min, max) : "";
}

}  // namespace

std::vector<ActionType> size_types() {
  return {
      {.name = "ScaledEntryBSH",
       .parameters = {{"num_tranches", 3, Range::whole(1, 1000)}},
       .action_count = 4,
       .start = start<ScaledEntry>},
      {.name = "PartialTakeProfitBSH",
       .parameters = {{"first_sell_proportion", 0.5, Range::above(0, 1)}},
       .action_count = 4,
       .start = start<PartialTakeProfit>},
      {.name = "VolatilitySizedBSH",
       .parameters = {{"target_risk", 0.02, Range::above(0, 10)},
                      {"window", 20, Range::whole(2, 100000)},
                      {"min_size", 0.1, Range::above(0, 1)},
                      {"max_size", 1, Range::above(0, 1)}},
       .start = start<VolatilitySized>,
       .objection = min_not_above_max},
  };
}

}  // namespace ctt::environment
