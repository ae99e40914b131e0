#include "cycle/chosen_costs.h"

#include <fmt/format.h>

namespace ctt::cycle {

std::string ChosenCosts::words() const { return fmt::format("{}, {}", market::costs_words(costs), origin); }

ChosenCosts choose_costs(const std::optional<market::Costs>& asked, const store::Dataset& dataset,
                         const training::Pack& pack, const std::string& pack_id) {
  if (asked) return {*asked, "as asked"};
  if (const auto own = dataset.costs()) return {*own, "from dataset " + dataset.id};
  return {pack.environment.costs, "from pack " + pack_id};
}

}  // namespace ctt::cycle
