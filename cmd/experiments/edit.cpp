#include "cmd/experiments/edit.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/experiment.h"
#include "schedule/liveness.h"
#include "store/experiments.h"
#include "store/models.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;
using store::Experiment;

void ExperimentsCancel::declare(CLI::App& app) {
  app.add_option("EXP", experiment, "its name or id")->required();
}

namespace {

int answer(Context& context, const Experiment& found, bool asked) {
  if (context.json()) {
    context.print_json(document("experiments.cancel")
                           .field("experiment_id", found.id)
                           .field("status", store::name(found.status))
                           .field("asked", asked)
                           .field("pid", found.pid)
                           .end());
  } else if (asked) {
    context.say(fmt::format("Experiment {} (pid {}) was asked to stop: it finishes its iteration and saves.",
                            found.name, found.pid));
  } else {
    context.say(fmt::format("Experiment {} has ended already: {}.", found.name, store::name(found.status)));
  }
  return 0;
}

}  // namespace

int ExperimentsCancel::run(Context& context) const {
  const auto found = store::experiments::get(context.readable_database(), experiment);
  if (found.status != store::ExperimentStatus::running) return answer(context, found, false);
  if (context.globals.dry_run && schedule::is_alive(context.home, found))
    return context.would(fmt::format("ask experiment {} (pid {}) to stop", found.name, found.pid));
  cycle::ask_to_stop(context.home, found);
  return answer(context, found, true);
}

void ExperimentsTag::declare(CLI::App& app) {
  app.add_option("EXP", experiment, "its name or id")->required();
  app.add_option("TAG", tags, "labels to add: a word or key=value");
  app.add_option("--remove", remove, "label to take away; may be repeated")->type_name("TAG");
}

namespace {

// Labels that cycles give their experiments, and others find them by.
void refuse_reserved(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "continuous" || word.starts_with("cycle:") || word.starts_with("schedule:"))
      throw Error(Failure::refused, fmt::format("the tag {} is kept by ctt itself", word));
    if (word.empty() || word.find_first_of(" \t\n,") != std::string::npos)
      throw Error(Failure::usage, fmt::format("\"{}\" is no tag: use a word or key=value", word));
  }
}

std::vector<std::string> changed(std::vector<std::string> tags, const ExperimentsTag& command) {
  for (const auto& tag : command.tags) {
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
  }
  std::erase_if(
      tags, [&](const auto& tag) { return std::ranges::find(command.remove, tag) != command.remove.end(); });
  return tags;
}

}  // namespace

int ExperimentsTag::run(Context& context) const {
  if (tags.empty() && remove.empty())
    throw Error(Failure::usage, "say which tags to add, or --remove which").fix("ctt experiments tag --help");
  refuse_reserved(tags);
  refuse_reserved(remove);
  auto& database = context.database();
  store::Transaction change(database);
  const auto found = store::experiments::get(change, experiment);
  const auto after = changed(found.tags, *this);
  const auto text = fmt::format("{}", fmt::join(after, " "));
  if (context.globals.dry_run) return context.would(fmt::format("tag {} as: {}", found.name, text));
  store::experiments::set_tags(change, found.id, after);
  change.commit();
  if (context.json()) {
    context.print_json(
        document("experiments.tag").field("experiment_id", found.id).field("tags", after).end());
  } else {
    context.say(fmt::format("Tags of {}: {}", found.name, text.empty() ? "none" : text));
  }
  return 0;
}

void ExperimentsDelete::declare(CLI::App& app) {
  app.add_option("EXP", experiment, "its name or id")->required();
}

namespace {

void print_deleted(Context& context, const store::Experiment& experiment, bool deleted) {
  if (context.json()) {
    context.print_json(
        document("experiments.delete").field("experiment_id", experiment.id).field("deleted", deleted).end());
  } else {
    context.say(fmt::format("Experiment {} is {}.", experiment.name, deleted ? "deleted" : "kept"));
  }
}

}  // namespace

int ExperimentsDelete::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::experiments::get(database, experiment);
  if (!context.globals.dry_run &&
      !context.confirm(fmt::format("Delete experiment {} ({}) with its metrics?", found.name, found.id))) {
    print_deleted(context, found, false);
    return 0;
  }
  store::Transaction change(database);
  store::experiments::remove(change, found.id);
  if (context.globals.dry_run) return context.would(fmt::format("delete experiment {}", found.name));
  change.commit();
  // Two runs may have made the same bytes: those that are a model stay.
  if (found.checkpoint_sha256 && !store::models::find_sha256(database, *found.checkpoint_sha256)) {
    std::filesystem::remove(context.home.model(*found.checkpoint_sha256));
    std::filesystem::remove(context.home.optimizer(*found.checkpoint_sha256));
  }
  print_deleted(context, found, true);
  return 0;
}

}  // namespace ctt::cmd
