#include "environment/action_scheme.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "environment/scheme_catalogue.h"

namespace ctt::environment {

namespace {

constexpr std::size_t kScalars = 7;   // numbers of ActionMemory before its closes
constexpr double kMostCounted = 2e9;  // no counter of a memory comes near it

Polymorphic<ActionRules> started(const ActionSchemeSpec& spec) {
  const auto complete = ActionSchemeSpec::parse(spec.name, spec.parameters);
  return action_type(spec.name).start(complete.parameters);
}

}  // namespace

int ActionRules::effective_action(int action, double, const Account&) { return action; }

Order ActionRules::order(int action, const Account& account) const {
  if (action != Action::buy) return sell(1, account);
  return account.quantity() > 0 ? Order{} : buy(1, account);
}

void ActionRules::filled(const Trade&, const Account&, bool) {}

void ActionRules::save(ActionMemory&) const {}

void ActionRules::restore(const ActionMemory&) {}

ActionScheme::ActionScheme(const ActionSchemeSpec& spec)
    : action_count_(spec.action_count()), rules_(started(spec)) {}

void ActionScheme::reset() { rules_->restore({}); }

Order ActionScheme::decide(int action, double close, const Account& account) {
  if (action < 0 || action >= action_count_) {
    throw std::invalid_argument(fmt::format("action {} is not one of 0 to {}", action, action_count_ - 1));
  }
  const bool holding = account.quantity() > 0;
  // Sold by others, or too little for an order: no fill told of it.
  if (!holding) rules_->forget_position();
  const int effective = rules_->effective_action(action, close, account);
  const bool possible = effective == Action::buy || (effective != Action::hold && holding);
  Order order = possible ? rules_->order(effective, account) : Order{};
  order.action = effective;
  order.forced = effective != Action::hold && effective != action;
  return order;
}

void ActionScheme::filled(const Trade& trade, const Account& account, bool first_part) {
  if (trade.side == Side::none) return;
  rules_->filled(trade, account, first_part);
  if (account.quantity() <= 0) rules_->forget_position();
}

std::vector<double> ActionScheme::memory() const {
  ActionMemory m;
  rules_->save(m);
  std::vector<double> out{m.peak,
                          static_cast<double>(m.remaining),
                          static_cast<double>(m.pending),
                          static_cast<double>(m.repeats),
                          static_cast<double>(m.tranches_in),
                          m.partly_sold ? 1.0 : 0.0,
                          static_cast<double>(m.closes_seen)};
  out.insert(out.end(), m.log_closes.begin(), m.log_closes.end());
  return out;
}

void ActionScheme::restore(std::span<const double> memory) {
  const auto counter = [](double value) {
    return value >= 0 && value <= kMostCounted && value == std::floor(value);
  };
  const bool fits = memory.size() == this->memory().size() &&
                    std::ranges::all_of(memory, [](double value) { return std::isfinite(value); }) &&
                    std::ranges::all_of(memory.subspan(1, kScalars - 1), counter);
  if (!fits) throw std::invalid_argument("this is not the memory of an action scheme of this kind");
  const auto closes = memory.subspan(kScalars);
  rules_->restore({.peak = memory[0],
                   .remaining = static_cast<int>(memory[1]),
                   .pending = static_cast<int>(memory[2]),
                   .repeats = static_cast<int>(memory[3]),
                   .tranches_in = static_cast<int>(memory[4]),
                   .partly_sold = memory[5] != 0,
                   .closes_seen = static_cast<std::size_t>(memory[6]),
                   .log_closes = {closes.begin(), closes.end()}});
}

}  // namespace ctt::environment
