#include "serve/trader_watch.h"

#include "base/error.h"
#include "base/log.h"

namespace ctt::serve {

namespace {

constexpr int kMissedMax = 2;

}  // namespace

TraderWatch::TraderWatch(base::Home home, Pauses pauses)
    : home_(std::move(home)),
      pauses_(pauses),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

TraderWatch::~TraderWatch() = default;

upkeep::TraderHealth TraderWatch::newest(const std::string& schedule) const {
  const std::scoped_lock lock(mutex_);
  const auto found = said_.find(schedule);
  return found == said_.end() ? upkeep::TraderHealth{} : found->second;
}

void TraderWatch::watch(const std::stop_token& stop) {
  std::optional<store::Database> database;
  while (!stop.stop_requested()) {
    try {
      if (!database) database.emplace(home_.database(), store::Access::read_only);
      ask_all(*database, stop);
    } catch (const base::Error& error) {
      base::log()->debug("the traders cannot be asked just now: {}", error.what());
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, pauses_.between, [] { return false; });
  }
}

void TraderWatch::ask_all(store::Database& database, const std::stop_token& stop) {
  for (const auto& schedule : store::schedules::list(database)) {
    if (stop.stop_requested()) return;
    take(schedule.id, upkeep::trader_health(home_, schedule, pauses_.patience));
  }
}

// Once is a hiccup of the machine: what it said before still counts.
void TraderWatch::take(const std::string& schedule, const upkeep::TraderHealth& health) {
  auto& missed = missed_[schedule];
  missed = health.silent ? missed + 1 : 0;
  const std::scoped_lock lock(mutex_);
  if (missed > 0 && missed < kMissedMax) return;
  said_[schedule] = health;
}

}  // namespace ctt::serve
