#include "cycle/live_verdict.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "store/deployments.h"

namespace ctt::cycle {

namespace {

using PolicyPointer = std::shared_ptr<const policy::Policy>;

std::optional<std::string> base_of(store::Database& database, const store::Schedule& schedule) {
  const auto experiment = store::experiments::find(database, schedule.base_experiment_id);
  return experiment ? experiment->checkpoint_sha256 : std::nullopt;
}

PolicyPointer load(const store::StateContext& state, const Plan& plan, const std::string& sha256) {
  for (const auto& loaded : {plan.parent, plan.served})
    if (loaded && loaded->sha256() == sha256) return loaded;
  return policy::Policy::load(state.home.model(sha256), sha256);
}

// The first close of a bar at or after `at`, at which a model that is wanted since `at` decides.
base::Instant close_after(base::Instant at, const market::Timeframe& timeframe) {
  const auto bar = std::chrono::duration_cast<base::Instant::duration>(timeframe.duration());
  const auto into_bar = at.time_since_epoch() % bar;
  return into_bar == base::Instant::duration::zero() ? at : at + (bar - into_bar);
}

// What the schedule wanted served at the bars after `until`, oldest first, and the newest. A model that its
// trader never took, and one whose file is gone, left the bars to the one before; one that was replaced
// before a bar closed decided nothing, and is not loaded.
std::vector<evaluation::Service> services(const store::StateContext& state, const Plan& plan,
                                          base::Seconds until, base::Seconds last_bar) {
  const auto bar = plan.config.timeframe.duration();
  const base::Instant last_close = base::Instant(last_bar + bar);
  std::vector<evaluation::Service> found;
  for (const auto& wanted : store::deployments::list(state.database, plan.schedule.id)) {
    if (wanted.refused_at && !wanted.confirmed_at) continue;
    if (!std::filesystem::exists(state.home.model(wanted.sha256))) continue;
    const auto first_decision = close_after(wanted.requested_at, plan.config.timeframe);
    const bool decides =
        found.empty() || (first_decision <= last_close &&
                          first_decision < close_after(found.back().since, plan.config.timeframe));
    if (decides) found.push_back({.since = wanted.requested_at, .policy = load(state, plan, wanted.sha256)});
    if (wanted.requested_at <= until + bar) break;
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace

std::optional<evaluation::LiveVerdict> live_verdict(store::Database& database,
                                                    const store::Schedule& schedule) {
  const auto cycle = store::cycles::last_completed(database, schedule.id);
  if (!cycle || !cycle->metrics) return std::nullopt;
  const auto where = fmt::format("metrics of cycle {} of {}", cycle->number, schedule.id);
  const auto kept = base::JsonValue::parse(*cycle->metrics, where).as_object().find("live_verdict");
  if (!kept) return std::nullopt;
  auto verdict = evaluation::LiveVerdict::parse(kept->text(), where);
  if (verdict.base_sha256() != base_of(database, schedule)) return std::nullopt;
  return verdict;
}

std::optional<evaluation::LiveVerdict> grown_verdict(const store::StateContext& state, const Plan& plan,
                                                     const market::Window& window) {
  auto verdict = live_verdict(state.database, plan.schedule);
  const auto base = base_of(state.database, plan.schedule);
  if (!base) return verdict;
  if (!verdict) return evaluation::LiveVerdict(*base, window.last(), plan.config.timeframe);
  auto grown = verdict;
  try {
    grown->add_bars(services(state, plan, verdict->until(), window.last()), *load(state, plan, *base),
                    window);
  } catch (const base::Error& error) {
    base::log()->warn("the verdict on schedule {} waits: {}", plan.schedule.id, error.what());
    return verdict;
  }
  return grown;
}

}  // namespace ctt::cycle
