#include "replay/lineage_tasks.h"

#include <algorithm>

namespace ctt::replay {

std::vector<LineageTask> tasks_of(const ReplaySettings& settings, const std::vector<SeedBase>& bases) {
  std::vector<LineageTask> tasks;
  const auto points = settings.points();
  for (std::size_t point = 0; point < points.size(); ++point) {
    for (const auto arm : settings.arms) {
      for (int seed = 1; seed <= (has_policy(arm) ? settings.seeds : 1); ++seed) {
        const auto& base = bases[static_cast<std::size_t>(seed - 1)];
        LineageTask task{
            .point = point, .arm = arm, .seed = seed, .tuning = points[point].tuning, .base = base.parent};
        task.tuning.base_seed = base.base_seed;
        task.base_iterations = settings.base_iterations;
        task.tries_gate = arm == Arm::gated && task.tuning.config.gate == schedule::Gate::strict &&
                          std::ranges::find(settings.arms, Arm::placebo) != settings.arms.end();
        task.first = settings.first;
        task.last = settings.last;
        task.cash = settings.cash;
        task.latency = settings.latency;
        tasks.push_back(std::move(task));
      }
    }
  }
  return tasks;
}

std::vector<std::size_t> order_of(const std::vector<LineageTask>& tasks) {
  const auto rank = [&](std::size_t index) {
    switch (tasks[index].arm) {
      case Arm::scratch:
        return 0;
      case Arm::always:
        return 1;
      case Arm::placebo:
        return 2;
      case Arm::gated:
        return 3;
      default:
        return 4;
    }
  };
  std::vector<std::size_t> order(tasks.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, rank);
  return order;
}

}  // namespace ctt::replay
