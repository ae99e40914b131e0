#include "cmd/replay/delete.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "replay/placed_batch.h"
#include "replay/replay.h"

namespace ctt::cmd {

void ReplayDelete::declare(CLI::App& app) { app.add_option("REPLAY", replay, "its id")->required(); }

int ReplayDelete::run(Context& context) const {
  auto& database = context.database();
  const auto found = store::replays::get(database, replay);
  if (context.globals.dry_run) return context.would("delete replay " + found.id);
  const bool deleted = context.confirm(fmt::format("Delete replay {} with its files?", found.id));
  if (deleted) {
    const auto folder = replay::folder_of(context.home, found.id);
    if (replay::is_running(context.home, found.id))
      throw base::Error(base::Failure::busy, fmt::format("replay {} is running; stop it first", found.id));
    replay::end_batch(context.home, found.id);
    store::Transaction change(database);
    store::replays::remove(change, found.id);
    change.commit();
    std::filesystem::remove_all(folder.path);
  }
  if (context.json()) {
    context.print_json(document("replay.delete").field("id", found.id).field("deleted", deleted).end());
  } else {
    context.say(fmt::format("Replay {} is {}.", found.id, deleted ? "deleted" : "kept"));
  }
  return 0;
}

}  // namespace ctt::cmd
