#include "desk.h"

#include "market/sources.h"
#include "schedule/control.h"

namespace ctt::replay {

base::Seconds at(const std::string& time) {
  return std::chrono::floor<std::chrono::seconds>(base::parse_time(time));
}

Desk::Desk(schedule::Config config) { begin(std::move(config)); }

market::CandleSeries Desk::candles() {
  const auto dataset = store::datasets::get(*database, "d");
  const auto key = dataset.series();
  return {key.symbol, key.timeframe,
          context().open_source(dataset)->closed_candles(
              {at("2024-01-20T00:00:00Z"), at("2024-02-29T00:00:00Z")})};
}

ReplaySettings Desk::settings(const std::string& first) {
  const auto row = schedule();
  const auto experiment = store::experiments::get(*database, row.base_experiment_id);
  ReplaySettings settings;
  settings.tuning = cycle::fine_tuning_of(*database,
                                          {.schedule_id = row.id,
                                           .base_experiment_id = row.base_experiment_id,
                                           .dataset_id = row.dataset_id,
                                           .hp_pack_id = row.hp_pack_id},
                                          schedule::config_of(row), {});
  settings.base_sha256 = *experiment.checkpoint_sha256;
  settings.base_iterations = 2;
  settings.first = at(first);
  settings.last = at(first) + std::chrono::hours(47);
  settings.arms = {Arm::never, Arm::always};
  return settings;
}

LineageTask Desk::task(Arm arm, const std::string& first) {
  const auto from = settings(first);
  LineageTask task{
      .arm = arm,
      .tuning = from.tuning,
      .base = {from.base_sha256, from.tuning.origin.base_experiment_id, from.tuning.pack.environment.costs}};
  task.base_iterations = 3;
  task.first = from.first;
  task.last = from.last;
  return task;
}

ReplayContext Desk::replay_context(int jobs) {
  ReplayContext with{{*database, home, clock}};
  with.launch = context().launch;
  with.jobs = jobs;
  with.cache_bytes_max = 1U << 30U;
  return with;
}

market::CandleSeries Desk::garbled(market::CandleSeries candles, base::Seconds after) {
  double price = 7;
  for (auto& candle : candles.candles) {
    if (candle.open_time <= after) continue;
    price = price > 1000 ? 7 : price * 1.37;
    candle = {candle.open_time, price, price * 1.2, price * 0.8, price * 1.1, 3};
  }
  return candles;
}

DeskCache::DeskCache(Desk& desk)
    : lock([&] {
        base::make_directory(desk.home.replays());
        return base::FileLock::acquire(desk.home.replays() / "lock", "desk");
      }()),
      trainings(cache_of(desk.home), desk.home.replays() / "jobs", lock, desk.context().launch) {
  trainings.take_over(desk.home, desk.settings().base_sha256);
}

}  // namespace ctt::replay
