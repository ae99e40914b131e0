#include <doctest/doctest.h>

#include <filesystem>

#include "desk.h"

namespace ctt::replay {

namespace {

cycle::TrainingRequest first_cycle(Desk& desk, const TrainingCache& cache) {
  const auto task = desk.task(Arm::always);
  const auto window =
      MarketHistory(desk.candles(), false).window(task.tuning, base::parse_time("2024-02-10T06:00:20Z"));
  return cycle::fine_tuning_request(task.tuning, task.base, 1, window, cache.keep(window));
}

}  // namespace

TEST_CASE("a training is made once, and once more when its file is damaged or gone") {
  Desk desk;
  DeskCache cache(desk);
  const auto request = first_cycle(desk, cache.trainings);
  const auto made = cache.trainings.train(request);
  REQUIRE(made.outcome == cycle::LaunchResult::Outcome::completed);
  CHECK(cache.trainings.train(request).checkpoint_sha256 == made.checkpoint_sha256);
  CHECK(cache.trainings.made() == 1);
  const auto file = cache.trainings.home().model(made.checkpoint_sha256);
  std::filesystem::remove(file);
  CHECK(cache.trainings.train(request).checkpoint_sha256 == made.checkpoint_sha256);
  CHECK(cache.trainings.made() == 2);
}

TEST_CASE("a training that failed for a reason outside it is not kept") {
  Desk desk;
  DeskCache cache(desk);
  const auto request = first_cycle(desk, cache.trainings);
  {
    const cycle::Behaviour die("die");
    CHECK(cache.trainings.train(request).outcome == cycle::LaunchResult::Outcome::died);
  }
  CHECK(cache.trainings.train(request).outcome == cycle::LaunchResult::Outcome::completed);
}

TEST_CASE("the cache loses what was used least recently until it is small enough") {
  Desk desk;
  DeskCache cache(desk);
  const auto made = cache.trainings.train(first_cycle(desk, cache.trainings));
  const auto file = cache.trainings.home().model(made.checkpoint_sha256);
  const auto base = cache.trainings.home().model(desk.settings().base_sha256);
  std::filesystem::last_write_time(base,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(5));
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(cache.trainings.home().root))
    if (entry.is_regular_file()) bytes += entry.file_size();
  shrink_cache(cache.trainings.home(), bytes - 1);
  CHECK(std::filesystem::exists(file));
  CHECK_FALSE(std::filesystem::exists(base));
}

}  // namespace ctt::replay
