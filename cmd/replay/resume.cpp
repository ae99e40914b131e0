#include "cmd/replay/resume.h"

#include "cmd/replay/run_replay.h"
#include "cmd/shell/validators.h"
#include "store/replays.h"

namespace ctt::cmd {

void ReplayResume::declare(CLI::App& app) {
  app.add_option("REPLAY", replay, "its id")->required();
  app.add_option("--jobs", jobs, "lineages that run at a time")->check(whole(1, 256))->type_name("N");
  app.add_option("-o,--output", output, "folder for report.html, result.json and csv files")
      ->type_name("DIR");
  declare_backend(app, backend);
}

int ReplayResume::run(Context& context) const {
  return run_replay(context, store::replays::get(context.database(), replay).id, {jobs, output, backend});
}

}  // namespace ctt::cmd
