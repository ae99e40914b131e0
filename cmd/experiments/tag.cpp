#include "cmd/experiments/tag.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "store/experiment_tags.h"
#include "store/experiments.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void ExperimentsTag::declare(CLI::App& app) {
  app.add_option("EXP", experiment, "its name or id")->required();
  app.add_option("TAG", tags, "labels to add: a word or key=value");
  app.add_option("--remove", remove, "label to take away; may be repeated")->type_name("TAG");
}

namespace {

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
  store::require_free_tags(tags);
  store::require_free_tags(remove);
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

}  // namespace ctt::cmd
