#include "cmd/experiments/delete.h"

#include <filesystem>

#include <fmt/format.h>

#include "store/experiments.h"
#include "store/models.h"

namespace ctt::cmd {

using store::Experiment;

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
