#include "notify/sender.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "notify/message.h"

namespace ctt::notify {

namespace {

constexpr std::size_t kWaitingMax = 200;

/// How far an alarm has been sent: the last way that ends writes what came of it.
struct Progress {
  std::mutex mutex;
  int ways = 0;
  std::string problem;

  /// What to write, once all have ended.
  std::optional<std::string> end_one(const std::string& what) {
    const std::scoped_lock lock(mutex);
    if (!what.empty()) problem += (problem.empty() ? "" : "; ") + what;
    return --ways == 0 ? std::optional(problem) : std::nullopt;
  }
};

}  // namespace

Sender::Line::Line() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

Sender::Line::~Line() = default;

void Sender::Line::add(Work work) {
  std::optional<Work> dropped;
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= kWaitingMax) {
      dropped = std::move(waiting_.front());
      waiting_.pop_front();
    }
    waiting_.push_back(std::move(work));
    changed_.notify_all();
  }
  if (dropped) dropped->drop();
}

bool Sender::Line::wait_idle(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [&] { return waiting_.empty() && !busy_; });
}

void Sender::Line::run(const std::stop_token& stop) {
  while (true) {
    std::unique_lock lock(mutex_);
    busy_ = false;
    changed_.notify_all();
    changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
    if (stop.stop_requested()) return;
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    work.run([&] { return stop.stop_requested(); });
  }
}

Sender::Sender(NotifySettings settings, base::Home home, const base::Clock& clock)
    : settings_(std::move(settings)), home_(std::move(home)), clock_(clock) {}

Sender::~Sender() = default;

void Sender::send(const store::Alarm& alarm) {
  base::log()->warn("alarm {}: {}", alarm.kind, alarm.reason);
  const auto progress = std::make_shared<Progress>();
  progress->ways = int(!settings_.command.empty()) + int(!settings_.url.empty());
  const auto end_one = [this, alarm, progress](const std::string& problem) {
    if (!problem.empty()) base::log()->error("alarm {} was not sent: {}", alarm.kind, problem);
    if (const auto all = progress->end_one(problem)) record(alarm, *all);
  };
  const auto drop = [end_one] {
    end_one(fmt::format("dropped, because more than {} alarms wait to be sent", kWaitingMax));
  };
  if (progress->ways == 0) return record(alarm, "there is no notify.command and no notify.url");
  if (!settings_.command.empty())
    commands_.add({[this, alarm, end_one](const Stopping& stopping) {
                     // A program that was started has been told, whether or not this process sees its end.
                     end_one(run_command(settings_, alarm_json(alarm), stopping));
                   },
                   drop});
  if (!settings_.url.empty())
    requests_.add({[this, alarm, end_one](const Stopping& stopping) {
                     const auto problem = post(settings_, alarm, stopping);
                     if (stopping() && !problem.empty()) return;  // another process takes it over
                     end_one(problem);
                   },
                   drop});
}

void Sender::heartbeat() {
  if (settings_.heartbeat.empty()) return;
  const auto fetch = [this](const Stopping& stopping) {
    const auto problem = fetch_heartbeat(settings_, stopping);
    if (!problem.empty() && !stopping()) base::log()->error("notify.heartbeat was not fetched: {}", problem);
  };
  const auto drop = [] {
    base::log()->error("notify.heartbeat was not fetched: more than {} alarms wait", kWaitingMax);
  };
  requests_.add({fetch, drop});
}

void Sender::wait(std::chrono::milliseconds most) {
  const auto until = std::chrono::steady_clock::now() + most;
  commands_.wait_idle(until);
  requests_.wait_idle(until);
}

void Sender::record(const store::Alarm& alarm, const std::string& problem) {
  const std::scoped_lock lock(recording_);
  try {
    if (!base::is_there(home_.database())) return;  // moved away: to open it would make another one
    store::Database database(home_.database());
    store::Transaction change(database, base::Durability::relaxed);
    store::alarms::sent(change, alarm.id, problem, clock_.now());
    change.commit();
  } catch (const base::Error& error) {
    base::log()->error("what came of alarm {} cannot be recorded: {}", alarm.kind, error.what());
  }
}

}  // namespace ctt::notify
