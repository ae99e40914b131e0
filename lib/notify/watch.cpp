#include "notify/watch.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"

namespace ctt::notify {

namespace {

constexpr auto kPatience = std::chrono::seconds(1);

AskTrader ask_patiently(const base::Home& home) {
  return [&home](const store::Schedule& row) { return ask_twice(home, row, kPatience); };
}

}  // namespace

Watch::Watch(NotifySettings settings, base::Home home, const base::Clock& clock,
             std::chrono::milliseconds every)
    : settings_(std::move(settings)),
      home_(std::move(home)),
      clock_(clock),
      every_(every),
      sender_(settings_, home_, clock_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Watch::~Watch() = default;

void Watch::finish(std::chrono::milliseconds most) {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  sender_.wait(most);
}

void Watch::run(const std::stop_token& stop) {
  std::optional<store::Database> database;
  while (!stop.stop_requested()) {
    try {
      if (!database && base::is_there(home_.database())) database.emplace(home_.database());
      if (database) look_once(*database);
      last_problem_.clear();
    } catch (const std::exception& error) {
      if (last_problem_ != error.what()) base::log()->error("alarms cannot be looked for: {}", error.what());
      last_problem_ = error.what();
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, every_, [] { return false; });
  }
}

void Watch::look_once(store::Database& database) {
  const auto found = look({database, home_, clock_}, settings_, ask_patiently(home_));
  for (const auto& alarm : found.alarms) sender_.send(alarm);
  if (found.good_cycle) sender_.heartbeat();
}

void look_and_send(const store::StateContext& state, const NotifySettings& settings,
                   const std::vector<store::Alarm>& more) {
  auto found = look(state, settings, ask_patiently(state.home));
  found.alarms.insert(found.alarms.begin(), more.begin(), more.end());
  if (found.alarms.empty() && !found.good_cycle) return;
  Sender sender(settings, state.home, state.clock);
  for (const auto& alarm : found.alarms) sender.send(alarm);
  if (found.good_cycle) sender.heartbeat();
  sender.wait(settings.time_limit * static_cast<int>(2 * (found.alarms.size() + 1)));
}

}  // namespace ctt::notify
