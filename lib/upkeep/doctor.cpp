#include "upkeep/doctor.h"

#include <filesystem>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "cycle/launcher.h"
#include "cycle/training_parent.h"
#include "models/model_files.h"
#include "schedule/liveness.h"
#include "store/cycles.h"
#include "store/deployments.h"
#include "store/events.h"
#include "store/live_sessions.h"
#include "upkeep/disk_room.h"
#include "upkeep/measured_costs.h"
#include "upkeep/verdict.h"

namespace ctt::upkeep {

namespace fs = std::filesystem;
using Grade = Finding::Grade;
using Findings = std::vector<Finding>;

namespace {

constexpr auto kClockTolerance = std::chrono::minutes(2);
constexpr auto kPatience = std::chrono::seconds(2);

Findings check_database(const store::StateContext& patient) {
  if (const auto wrong = patient.database.check(); !wrong.empty())
    return {{Grade::problem, "database", wrong.front(), "ctt db check; then ctt db restore FILE"}};
  const auto size = static_cast<double>(fs::file_size(patient.home.database())) / kMiB;
  return {{Grade::ok, "database",
           fmt::format("schema {}, {:.1f} MiB, sound", patient.database.schema(), size), ""}};
}

Finding finding(const char* check, const HealthCondition& condition) {
  const auto grade = condition.level == HealthLevel::critical  ? Grade::problem
                     : condition.level == HealthLevel::warning ? Grade::warning
                                                               : Grade::ok;
  return {grade, check, condition.reason, condition.command};
}

bool is_about_disk(const HealthCondition& condition) { return condition.code.starts_with("disk_"); }

Findings check_home(const store::StateContext& patient) {
  Findings findings;
  for (const auto& condition : machine_conditions(patient)) {
    if (!is_about_disk(condition)) findings.push_back(finding("home", condition));
  }
  if (findings.empty())
    findings.push_back({Grade::ok, "home", patient.home.root.string() + " can be written", ""});
  for (auto& found : findings)
    if (found.fix.starts_with("ctt doctor")) found.fix = "mount " + patient.home.root.string();
  return findings;
}

Findings check_disk(const store::StateContext& patient) {
  for (const auto& condition : machine_conditions(patient)) {
    if (!is_about_disk(condition)) continue;
    auto scarce = finding("disk", condition);
    scarce.fix = "du -sh " + patient.home.root.string() + "/*";
    return {scarce};
  }
  return {{Grade::ok, "disk",
           fmt::format("{} MiB are free where {} lies", disk_room(patient.home).value_or(0) / kMiB,
                       patient.home.root.string()),
           ""}};
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

bool is_about_timer(const HealthCondition& condition) { return condition.code == "cycle_late"; }

Findings check_timer(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database)) {
    for (const auto& condition : schedule_conditions(patient, row)) {
      if (!is_about_timer(condition)) continue;
      findings.push_back(finding("timer", condition));
      findings.back().text = row.id + ": " + condition.reason;
    }
  }
  if (findings.empty()) findings.push_back({Grade::ok, "timer", "no slot is overdue", ""});
  return findings;
}

Findings check_schedules(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database)) {
    const auto before = findings.size();
    for (const auto& condition : schedule_conditions(patient, row)) {
      if (is_about_timer(condition)) continue;
      findings.push_back(finding("schedule", condition));
      findings.back().text = row.id + ": " + condition.reason;
    }
    if (findings.size() == before)
      findings.push_back(
          {Grade::ok, "schedule", fmt::format("{} is {}", row.id, store::name(row.status)), ""});
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

// The nearest sound ancestor takes the place of a file that is served or that cycles train from; deployed, of both.
std::string remedy_for(const store::StateContext& patient, const store::Model& model) {
  const auto sound = cycle::sound_ancestor(patient, model);
  if (!sound) return fmt::format("ctt models show v{}", model.version);
  for (const auto& row : store::schedules::list(patient.database)) {
    const auto desired = store::deployments::desired(patient.database, row.id);
    if (desired && desired->model_version == model.version)
      return fmt::format("ctt models deploy v{} --schedule {}", sound->version, row.id);
    if (row.current_model_version == model.version)
      return fmt::format("ctt schedule update --schedule {} --train-from v{}", row.id, sound->version);
  }
  return fmt::format("ctt models show v{}", model.version);
}

Findings check_models(const store::StateContext& patient) {
  Findings findings;
  const auto versions = needed_versions(patient);
  for (const auto version : versions) {
    const auto model = store::models::find(patient.database, version);
    if (!model) continue;
    for (const auto& wrong : models::verify(patient, *model)) {
      findings.push_back(
          {Grade::problem, "models", fmt::format("v{}: {}", version, wrong), remedy_for(patient, *model)});
    }
  }
  if (findings.empty())
    findings.push_back({Grade::ok, "models", fmt::format("{} models in use are whole", versions.size()), ""});
  return findings;
}

Findings check_traders(const store::StateContext& patient) {
  Findings findings;
  for (const auto& row : store::schedules::list(patient.database)) {
    const auto before = findings.size();
    for (const auto& condition : trader_conditions(patient, row, trader_health(patient.home, row, kPatience)))
      findings.push_back(finding("trader", condition));
    if (findings.size() > before) continue;
    const auto session = store::live_sessions::newest_live(patient.database, row.id);
    const bool runs = session && schedule::is_alive(patient.home, *session);
    findings.push_back({Grade::ok, "trader",
                        runs ? fmt::format("the trader of {} is active, serves v{}", row.id,
                                           session->model_version.value_or(0))
                             : fmt::format("none runs for {}", row.id),
                        ""});
  }
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
      {"database", check_database},  {"home", check_home},     {"disk", check_disk},
      {"clock", check_clock},        {"locks", check_locks},   {"timer", check_timer},
      {"schedule", check_schedules}, {"models", check_models}, {"trader", check_traders},
      {"costs", check_costs},
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
