#include "cmd/replay/show.h"

#include <fmt/format.h>

#include "base/files.h"
#include "cmd/replay/result_text.h"
#include "replay/replay.h"
#include "views/replay.h"

namespace ctt::cmd {

void ReplayShow::declare(CLI::App& app) { app.add_option("REPLAY", replay, "its id")->required(); }

int ReplayShow::run(Context& context) const {
  const auto found = store::replays::get(context.readable_database(), replay);
  const auto folder = replay::folder_of(context.home, found.id);
  const bool completed = found.status == store::ReplayStatus::completed;
  const auto status = replay::status_text(context.home, found);
  if (context.json()) {
    auto json = document("replay.show");
    views::add_replay(json, context.home, found);
    json.field("folder", folder.path.string()).raw_field("settings", found.settings);
    json.raw_field("result", completed ? base::read_file(folder.result()) : "null").end();
    context.print_json(json);
  } else if (completed) {
    context.say(result_text(context, found.id, base::read_file(folder.result()), folder.path.string()));
  } else {
    context.say(fmt::format("Replay {} is {}: {} of {} lineages are done.{}{}", found.id, status,
                            found.lineages_done, found.lineages, found.message ? "\n  " + *found.message : "",
                            status == "running" ? "" : "\nNext: ctt replay --resume " + found.id));
  }
  return 0;
}

}  // namespace ctt::cmd
