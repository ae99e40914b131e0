#include "cmd/models/prune.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/counted.h"
#include "cmd/shell/terminal.h"
#include "cmd/shell/validators.h"
#include "upkeep/retention.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kWithoutConfirmation = 10;

upkeep::RetentionRule rule_of(const ModelsPrune& command) {
  upkeep::RetentionRule rule;
  rule.keep = command.keep;
  if (command.older_than) rule.older_than = base::parse_duration(*command.older_than);
  return rule;
}

std::string size_text(std::int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string names(const std::vector<store::Model>& models) {
  std::string text;
  for (const auto& model : models) text += fmt::format("{}v{}", text.empty() ? "" : " ", model.version);
  return text;
}

int preview(Context& context, const upkeep::RetentionPlan& plan) {
  if (context.json()) {
    auto json = document("models.prune").field("dry_run", true).key("prunable").array();
    for (const auto& model : plan.prunable) json.value(model.version);
    json.end().key("needed").array();
    for (const auto& [model, reason] : plan.needed)
      json.object().field("model_version", model.version).field("reason", reason).end();
    context.print_json(json.end().field("size_bytes", plan.size_bytes).end());
    return 0;
  }
  for (const auto& [model, reason] : plan.needed)
    context.say(fmt::format("v{} stays: {}", model.version, reason));
  return context.would(plan.prunable.empty() ? "remove nothing"
                                             : fmt::format("remove the files of {} ({})",
                                                           names(plan.prunable), size_text(plan.size_bytes)));
}

// False when the operator said no.
bool allowed(Context& context, const ModelsPrune& command, std::size_t count) {
  if (command.confirm) {
    if (*command.confirm == count) return true;
    throw Error(Failure::usage,
                fmt::format("--confirm says {}, and {} would go", counted(*command.confirm, "model"), count))
        .fix("ctt models prune -n");
  }
  if (count > kWithoutConfirmation && (context.globals.yes || context.globals.no_input)) {
    throw Error(Failure::usage,
                fmt::format("{} models would lose their files; say --confirm {}", count, count))
        .fix("ctt models prune -n");
  }
  return context.confirm(fmt::format("Remove the files of {}?", counted(count, "model")));
}

}  // namespace

namespace {

void print(Context& context, const upkeep::Pruned& pruned, std::size_t needed) {
  if (context.json()) {
    auto json = document("models.prune").field("dry_run", false).key("pruned").array();
    for (const auto version : pruned.versions) json.value(version);
    json.end().field("size_bytes", pruned.size_bytes).field("snapshots", pruned.snapshots);
    context.print_json(json.end());
    return;
  }
  context.say(pruned.versions.empty() ? "Nothing is pruned."
                                      : fmt::format("{} lost their files ({}); {} stay though they are old.",
                                                    counted(pruned.versions.size(), "model"),
                                                    size_text(pruned.size_bytes), needed));
}

}  // namespace

void ModelsPrune::declare(CLI::App& app) {
  app.add_option("--keep", keep, "the newest so many of each schedule stay")
      ->check(whole(1, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--older-than", older_than, "only what was published longer ago")->type_name("DUR");
  app.add_option("--confirm", confirm, "how many go; needed for more than 10")->type_name("N");
}

int ModelsPrune::run(Context& context) const {
  const store::StateContext state{context.database(), context.home, context.clock};
  const auto rule = rule_of(*this);
  const auto plan = upkeep::plan_retention(state, rule, context.now());
  if (context.globals.dry_run) return preview(context, plan);
  if (!plan.prunable.empty() && !allowed(context, *this, plan.prunable.size())) {
    print(context, {}, plan.needed.size());
    return 0;
  }
  const auto lock = cycle::TrainingLock::try_acquire(context.home, "ctt models prune");
  if (!lock) {
    throw Error(Failure::busy, fmt::format("a training runs: {}", cycle::TrainingLock::holder(context.home)))
        .fix("ctt experiments list --status running");
  }
  const auto pruned = upkeep::prune(state, *lock, rule);
  print(context, pruned, plan.needed.size());
  return 0;
}

}  // namespace ctt::cmd
