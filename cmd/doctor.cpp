#include "cmd/doctor.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/version.h"
#include "cmd/alpaca/alpaca.h"
#include "cmd/alpaca/online_check.h"
#include "cmd/config/sound_settings.h"
#include "cmd/shell/output.h"
#include "cmd/training/compute_setting.h"
#include "cmd/training/launcher_setting.h"
#include "cycle/slurm_commands.h"
#include "store/cycles.h"
#include "store/events.h"
#include "store/schedules.h"
#include "upkeep/doctor.h"

namespace ctt::cmd {

using upkeep::Finding;
using Grade = Finding::Grade;

void Doctor::declare(CLI::App& app) {
  auto names = upkeep::doctor_checks();
  names.insert(names.begin(), {"settings", "keys", "broker", "learner", "slurm"});
  app.add_option("--check", check, "make only this check")->check(CLI::IsMember(names))->type_name("NAME");
  app.add_flag("--online", online, "also ask the broker whether the keys work and the account may trade");
  app.add_option("--bundle", bundle, "write findings, settings and the newest history for a bug report")
      ->type_name("FILE");
}

namespace {

constexpr std::size_t kBundledCycles = 50, kBundledEvents = 500;

Finding check_settings(const Context& context) {
  require_sound(context.settings);
  std::string read;
  for (const auto& file : context.settings.files()) {
    if (base::is_there(file)) read += (read.empty() ? "" : ", ") + file.string();
  }
  return {Grade::ok, "settings", read.empty() ? "no file, defaults" : read, ""};
}

Finding check_keys(Context& context) {
  const auto found = alpaca::find_credentials(alpaca_credential_places(context.settings));
  return {Grade::ok, "keys", found ? "from " + found->origin : "none; market data of crypto needs none", ""};
}

bool uses_slurm(const Context& context) { return context.settings.text("launcher.backend") == "slurm"; }

Finding check_slurm(const Context& context) {
  if (!uses_slurm(context)) return {Grade::ok, "slurm", "not used: launcher.backend is local", ""};
  launcher_of(context)->require({}, compute_of(context.settings));
  cycle::SlurmCommands(std::chrono::seconds(10)).jobs("ctt-doctor");
  return {Grade::ok, "slurm", "its controller answers", ""};
}

// What a training would be told at its start. Where Slurm's nodes run learners, this machine need not be able to.
Finding check_learner(const Context& context) {
  const auto compute = compute_of(context.settings);
  if (!uses_slurm(context)) {
    cycle::LaunchOptions launch;
    launch.command = cycle::learner_command(context.settings.text("learner.command"));
    launch.launcher->require(launch, compute);
  }
  return {Grade::ok, "learner",
          fmt::format("{}, {}, {}", training::name(compute.engine), training::name(compute.device),
                      training::name(compute.precision)),
          ""};
}

Finding finding_of(const std::string& name, const base::Error& error) {
  return {Grade::problem, name, error.what(), error.fixes().empty() ? "" : error.fixes().front()};
}

std::vector<Finding> check_by_name(Context& context, const std::string& name) {
  try {
    if (name == "settings") return {check_settings(context)};
    if (name == "keys") return {check_keys(context)};
    if (name == "learner") return {check_learner(context)};
    if (name == "slurm") return {check_slurm(context)};
    if (name == "broker") return {{Grade::ok, "broker", ask_broker(context), ""}};
    return upkeep::examine(name, {context.readable_database(), context.home, context.clock});
  } catch (const base::Error& error) {
    return {finding_of(name, error)};
  }
}

// Without a database there is nothing else to look at.
std::optional<Finding> cannot_open(Context& context) {
  try {
    context.readable_database();
    return std::nullopt;
  } catch (const base::Error& error) {
    return finding_of("database", error);
  }
}

std::vector<Finding> look(Context& context, const std::optional<std::string>& only, bool online) {
  if (only) return check_by_name(context, *only);
  auto findings = check_by_name(context, "settings");
  const auto add = [&](std::vector<Finding> more) { std::ranges::move(more, std::back_inserter(findings)); };
  add(check_by_name(context, "keys"));
  if (online) add(check_by_name(context, "broker"));
  add(check_by_name(context, "learner"));
  if (uses_slurm(context)) add(check_by_name(context, "slurm"));
  if (auto closed = cannot_open(context)) {
    findings.push_back(std::move(*closed));
    return findings;
  }
  for (const auto& name : upkeep::doctor_checks()) add(check_by_name(context, name));
  return findings;
}

std::string_view word(Grade grade) {
  switch (grade) {
    case Grade::ok:
      return "ok";
    case Grade::warning:
      return "warning";
    case Grade::problem:
      break;
  }
  return "problem";
}

void add_findings(base::JsonWriter& json, const std::vector<Finding>& findings) {
  json.key("items").array();
  for (const auto& finding : findings) {
    json.object().field("check", finding.check).field("grade", word(finding.grade));
    json.field("text", finding.text)
        .field("fix", finding.fix.empty() ? std::nullopt : std::optional(finding.fix))
        .end();
  }
  json.end();
}

void print(Context& context, const Finding& finding) {
  static constexpr std::string_view kSigns[] = {"ok", "!", "x"};
  static constexpr Style kStyles[] = {Style::good, Style::warning, Style::bad};
  const auto grade = static_cast<std::size_t>(finding.grade);
  const auto sign = fmt::format("{:<2}", kSigns[grade]);
  context.out << fmt::format("{}    {:<10} {}\n", context.terminal.paint(kStyles[grade], sign), finding.check,
                             finding.text);
  if (!finding.fix.empty()) context.out << "      fix: " << finding.fix << '\n';
}

void add_history(base::JsonWriter& json, store::Database& database) {
  json.key("schedules").array();
  for (const auto& row : store::schedules::list(database)) {
    json.object()
        .field("id", row.id)
        .field("status", store::name(row.status))
        .raw_field("config", row.config);
    json.field("frozen", row.frozen).key("cycles").array();
    for (const auto& cycle : store::cycles::recent(database, row.id, kBundledCycles)) {
      json.object().field("cycle_number", cycle.number).field("status", store::name(cycle.status));
      json.field("reason", cycle.reason).field("message", cycle.message);
      json.field("started_at", cycle.started_at).end();
    }
    json.end().end();
  }
  json.end().key("events").array();
  const auto last = store::events::last_seq(database);
  for (const auto& event :
       store::events::since(database, last - static_cast<std::int64_t>(kBundledEvents), kBundledEvents))
    json.raw(event.json());
  json.end();
}

// The address of a webhook is often its only secret.
bool may_hold_secret(const std::string& key, const std::string& text) {
  return (key == "notify.url" || key == "notify.heartbeat" || key == "notify.command") && !text.empty();
}

// Settings and rows hold no keys; the file that does is named, never read into the bundle.
std::string bundle_of(Context& context, const std::vector<Finding>& findings) {
  auto json = document("doctor.bundle").field("version", base::version()).field("commit", base::commit());
  json.field("written_at", context.now());
  add_findings(json, findings);
  json.key("settings").object();
  for (const auto& [key, value] : context.settings.all())
    json.key(key)
        .object()
        .field("value", may_hold_secret(key, value.text) ? "(not shown)" : value.text)
        .field("origin", value.origin)
        .end();
  json.end();
  if (!cannot_open(context)) add_history(json, context.readable_database());
  return json.end().text();
}

}  // namespace

int Doctor::run(Context& context) const {
  if (bundle) require_place(*bundle);
  const auto findings = look(context, check, online);
  const auto wrong = std::ranges::count_if(findings, [](const Finding& f) { return f.grade != Grade::ok; });
  if (bundle && context.globals.dry_run) return context.would("write the bundle " + *bundle);
  if (bundle) base::write_file_atomically(*bundle, bundle_of(context, findings));
  const int status = wrong == 0 ? 0 : base::exit_status(base::Failure::findings);
  if (context.json()) {
    auto json = document("doctor");
    add_findings(json, findings);
    context.print_json(json.end());
    return status;
  }
  for (const auto& finding : findings) {
    if (finding.grade != Grade::ok || !context.globals.quiet) print(context, finding);
  }
  if (wrong > 0)
    context.out << fmt::format("{} {} (exit {})\n", wrong, wrong == 1 ? "finding" : "findings", status);
  return status;
}

}  // namespace ctt::cmd
