#include "upkeep/doctor.h"

#include <filesystem>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "cycle/launcher.h"
#include "models/model_files.h"
#include "schedule/health.h"
#include "schedule/liveness.h"
#include "store/cycles.h"
#include "store/deployments.h"
#include "store/events.h"
#include "store/live_sessions.h"
#include "upkeep/measured_costs.h"
#include "wire/client.h"

namespace ctt::upkeep {

namespace fs = std::filesystem;
using Grade = Finding::Grade;
using Findings = std::vector<Finding>;

namespace {

constexpr std::uintmax_t kMiB = 1 << 20;
constexpr std::uintmax_t kRoomWanted = 1024 * kMiB, kRoomNeeded = 200 * kMiB;
constexpr auto kClockTolerance = std::chrono::minutes(2);
constexpr auto kPatience = std::chrono::seconds(2);

Findings check_database(const store::StateContext& patient) {
  if (const auto wrong = patient.database.check(); !wrong.empty())
    return {{Grade::problem, "database", wrong.front(), "ctt db check; then ctt db restore FILE"}};
  const auto size = static_cast<double>(fs::file_size(patient.home.database())) / kMiB;
  return {{Grade::ok, "database",
           fmt::format("schema {}, {:.1f} MiB, sound", patient.database.schema(), size), ""}};
}

Findings check_disk(const store::StateContext& patient) {
  const auto room = fs::space(patient.home.root).available;
  const auto text = fmt::format("{} MiB are free where {} lies", room / kMiB, patient.home.root.string());
  if (room < kRoomNeeded)
    return {{Grade::problem, "disk", text, "make room, e.g. ctt models prune --keep 10"}};
  if (room < kRoomWanted) return {{Grade::warning, "disk", text, "ctt models prune --keep 10"}};
  return {{Grade::ok, "disk", text, ""}};
}

Findings check_clock(const store::StateContext& patient) {
  const auto newest = store::events::last_seq(patient.database);
  const auto events = store::events::since(patient.database, newest - 1, 1);
  if (!events.empty() && events.front().ts > patient.clock.now() + kClockTolerance) {
    return {{Grade::problem, "clock",
             fmt::format("the newest event is of {}, which has not come yet: the clock was put back",
                         base::to_rfc3339(events.front().ts)),
             "timedatectl set-ntp true"}};
  }
  return {{Grade::ok, "clock", "it has not gone back since the newest event", ""}};
}

Findings check_locks(const store::StateContext& patient) {
  Findings findings;
  for (const auto& cycle : store::cycles::all_running(patient.database)) {
    if (schedule::is_alive(patient.home, cycle)) continue;
    findings.push_back({Grade::warning, "locks",
                        fmt::format("cycle {} of {} was left by pid {}, which is gone", cycle.number,
                                    cycle.schedule_id, cycle.pid),
                        fmt::format("ctt cycle run --schedule {}", cycle.schedule_id)});
  }
  if (!findings.empty()) return findings;
  const bool trains = base::FileLock::is_held(patient.home.training_lock());
  return {{Grade::ok, "locks",
           trains ? "training: " + cycle::TrainingLock::holder(patient.home) : "nobody trains", ""}};
}

bool active(const store::Schedule& schedule) { return schedule.status == store::ScheduleState::active; }

Findings check_timer(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database)) {
    if (!active(row)) continue;
    const auto health = schedule::health(patient.database, row, patient.clock.now());
    if (health.health != schedule::Health::late) continue;
    findings.push_back({Grade::problem, "timer", fmt::format("nobody came for the slot of {}", row.id),
                        "ctt schedule install --systemd --user, or --cron"});
  }
  if (findings.empty()) findings.push_back({Grade::ok, "timer", "no slot is overdue", ""});
  return findings;
}

Findings check_schedules(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database)) {
    const auto health = schedule::health(patient.database, row, patient.clock.now());
    if (health.health == schedule::Health::late) continue;  // the timer's
    if (health.health != schedule::Health::ok) {
      findings.push_back({Grade::problem, "schedule", fmt::format("{}: {}", row.id, health.reason),
                          fmt::format("ctt schedule history --schedule {}", row.id)});
    } else if (row.frozen) {
      findings.push_back({Grade::warning, "schedule",
                          fmt::format("{} is frozen: it trains and deploys nothing", row.id),
                          fmt::format("ctt schedule unfreeze --schedule {}", row.id)});
    } else {
      findings.push_back(
          {Grade::ok, "schedule", fmt::format("{} is {}", row.id, store::name(row.status)), ""});
    }
  }
  return findings;
}

// What a trader serves, should serve, or could go back to, and what the next cycle trains from.
std::set<std::int64_t> needed_versions(const store::StateContext& patient) {
  std::set<std::int64_t> versions;
  const auto add = [&](const std::optional<store::Deployment>& deployment) {
    if (deployment) versions.insert(deployment->model_version);
  };
  for (const auto& row : store::schedules::list(patient.database)) {
    add(store::deployments::desired(patient.database, row.id));
    add(store::deployments::served(patient.database, row.id));
    add(store::deployments::previous(patient.database, row.id));
    if (row.current_model_version) versions.insert(*row.current_model_version);
  }
  return versions;
}

Findings check_models(const store::StateContext& patient) {
  Findings findings;
  const auto versions = needed_versions(patient);
  for (const auto version : versions) {
    const auto model = store::models::find(patient.database, version);
    if (!model) continue;
    for (const auto& wrong : models::verify(patient, *model)) {
      findings.push_back({Grade::problem, "models", fmt::format("v{}: {}", version, wrong),
                          "ctt models rollback, or restore the file from a backup"});
    }
  }
  if (findings.empty())
    findings.push_back({Grade::ok, "models", fmt::format("{} models in use are whole", versions.size()), ""});
  return findings;
}

Finding check_trader(const store::StateContext& patient, const store::Schedule& row) {
  const auto reply = wire::ask(patient.home.trader_socket(row.id),
                               {.op = "status", .sha256 = "", .reason = "", .id = 1}, kPatience);
  if (reply.outcome == wire::CallOutcome::nobody_listening) {
    const auto session = store::live_sessions::newest(patient.database, row.id);
    if (session && session->status == store::SessionStatus::running)
      return {Grade::problem, "trader", fmt::format("the trader of {} is gone without a word", row.id),
              fmt::format("ctt trade --schedule {}", row.id)};
    if (session && session->status == store::SessionStatus::failed)
      return {
          Grade::problem, "trader",
          fmt::format("the trader of {} failed: {}", row.id, session->message.value_or("it did not say why")),
          fmt::format("ctt trade --schedule {}", row.id)};
    return {Grade::ok, "trader", fmt::format("none runs for {}", row.id), ""};
  }
  if (!reply.ok())
    return {Grade::problem, "trader", fmt::format("the trader of {} does not answer", row.id),
            fmt::format("ctt trade status --schedule {}", row.id)};
  auto status = base::JsonValue::parse(reply.body, "the trader's answer").as_object();
  const auto state = status.string("state");
  const auto text =
      fmt::format("the trader of {} is {}, serves v{}", row.id, state, status.integer("model_version"));
  if (state == "active") return {Grade::ok, "trader", text, ""};
  return {Grade::warning, "trader", text,
          fmt::format("ctt trade resume --schedule {}, after a look", row.id)};
}

Findings check_traders(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database))
    findings.push_back(check_trader(patient, row));
  return findings;
}

Findings check_costs(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database)) {
    const auto measured = measured_costs(patient, row.id);
    if (measured.fills == 0) continue;
    const auto text = fmt::format("{}: {}", row.id, text_of(measured));
    if (!measured.above_trained()) {
      findings.push_back({Grade::ok, "costs", text, ""});
      continue;
    }
    findings.push_back({Grade::warning, "costs", text,
                        fmt::format("ctt schedule update --schedule {} --costs {}", row.id,
                                    market::costs_text(measured.as_costs()))});
  }
  if (findings.empty()) findings.push_back({Grade::ok, "costs", "no fills on an account to measure", ""});
  return findings;
}

using Check = Findings (*)(const store::StateContext&);

const std::vector<std::pair<std::string, Check>>& checks() {
  static const std::vector<std::pair<std::string, Check>> all{
      {"database", check_database}, {"disk", check_disk},      {"clock", check_clock},
      {"locks", check_locks},       {"timer", check_timer},    {"schedule", check_schedules},
      {"models", check_models},     {"trader", check_traders}, {"costs", check_costs},
  };
  return all;
}

}  // namespace

const std::vector<std::string>& doctor_checks() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto& [name, check] : checks()) all.push_back(name);
    return all;
  }();
  return names;
}

Findings examine(const std::string& check, const store::StateContext& context) {
  for (const auto& [name, made] : checks()) {
    if (name == check) return made(context);
  }
  throw std::invalid_argument("no check of the doctor: " + check);
}

}  // namespace ctt::upkeep
