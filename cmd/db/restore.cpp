#include "cmd/db/restore.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "store/migrations.h"
#include "store/models.h"
#include "store/restore.h"
#include "store/schedules.h"
#include "upkeep/check.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

// The directory of another account is refused as it is for every command that writes. Whatever else is
// wrong with the present database is what a restore is for.
void refuse_other_account(Context& context) {
  try {
    context.globals.dry_run ? context.readable_database() : context.database();
  } catch (const Error& error) {
    if (error.failure() == Failure::refused) throw;
  }
}

base::FileLock hold(const fs::path& file, const std::string& who, const std::string& look) {
  if (auto lock = base::FileLock::try_acquire(file, "ctt db restore")) return std::move(*lock);
  const auto holder = base::FileLock::holder(file).value_or(base::FileLock::Holder{});
  throw Error(Failure::busy, fmt::format("{} runs: pid {}, {}, since {}; a restore waits for its end", who,
                                         holder.pid, holder.command, holder.since))
      .fix(look)
      .fix(fmt::format("kill {}", holder.pid));
}

// The locks of all who would go on with the old content: no training and no trader runs, nor starts, while
// they are held. They are found by their files, since the database may tell nothing. A replay that starts
// meanwhile loses its session with the old content, and nothing else.
std::vector<base::FileLock> hold_still(const base::Home& home) {
  std::vector<base::FileLock> held;
  if (!fs::is_directory(home.run())) return held;
  held.push_back(hold(home.training_lock(), "a training", "ctt experiments list --status running"));
  for (const auto& entry : fs::directory_iterator(home.run())) {
    constexpr std::string_view kBegin = "trade-", kEnd = ".lock";
    auto name = entry.path().filename().string();
    if (name.starts_with("replay-") && name.ends_with(kEnd))
      held.push_back(hold(entry.path(), "a replay", "ctt trade status"));
    if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) continue;
    name = name.substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size());
    held.push_back(hold(entry.path(), fmt::format("the trader of schedule {}", name),
                        fmt::format("ctt trade stop --schedule {}", name)));
  }
  return held;
}

}  // namespace

void DbRestore::declare(CLI::App& app) {
  app.add_option("FILE", file, "what `ctt db backup` wrote, or a file of backups/")
      ->required()
      ->type_name("FILE");
  app.add_option("--confirm", confirm, "the name of the database's file, since its content is replaced")
      ->type_name("NAME");
}

int DbRestore::run(Context& context) const {
  const auto place = context.home.database();
  const auto file_name = place.filename().string();
  const bool dry_run = context.globals.dry_run;
  if (!dry_run && confirm != file_name) {
    throw Error(Failure::usage,
                fmt::format("restoring replaces the whole content of {}; confirm its name", place.string()))
        .fix(fmt::format("ctt db restore {} --confirm {}", file, file_name));
  }
  store::check_backup(file);
  refuse_other_account(context);
  if (!dry_run) context.home.create();
  const auto held = hold_still(context.home);
  if (dry_run) {
    return context.would(fmt::format("replace the content of {} by that of {}", place.string(), file));
  }
  const auto aside = store::restore(place, file);
  if (context.json()) {
    auto json = document("db.restore").field("file", file).field("schema_version", store::schema_version());
    json.key("set_aside");
    aside ? json.value(aside->string()) : json.value(nullptr);
    context.print_json(json.end());
    return 0;
  }
  const auto kept = aside
                        ? fmt::format(" What was there could not be used and is kept in {}.", aside->string())
                        : std::string();
  context.say(fmt::format("{} holds what {} held.{} Next: ctt db check", place.string(), file, kept));
  return 0;
}

}  // namespace ctt::cmd
