#include "cmd/timer/uninstall.h"

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cmd/timer/crontab.h"
#include "cmd/timer/systemd.h"
#include "cmd/timer/timer_files.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

int uninstall_systemd(Context& context, const ScheduleUninstall& options) {
  const Systemd systemd(context, options);
  if (context.globals.dry_run)
    return context.would(
        fmt::format("disable {} and remove units from {}", kCycleTimer, systemd.folder().string()));
  systemd.check_access();
  const bool there = systemd.packaged() || fs::exists(systemd.folder() / kCycleTimer);
  Words kept;
  if (there) {
    systemd.systemctl({"disable", "--now", kCycleTimer});
    kept = systemd.remove_files();
    systemd.systemctl({"daemon-reload"});
  }
  if (context.json()) {
    context.print_json(document("schedule.uninstall").field("changed", there).field("kept", kept).end());
    return 0;
  }
  std::string text = there ? "No timer of systemd calls ctt cycle run any more."
                           : fmt::format("There is no {} in {}.", kCycleTimer, systemd.folder().string());
  if (!kept.empty()) text += fmt::format("\nEnabled, and so left: {}", fmt::join(kept, ", "));
  context.say(text);
  return 0;
}

int uninstall_cron(Context& context) {
  const auto line = crontab_line(timer_command(context, false));
  if (context.globals.dry_run) return context.would("take out of your crontab: " + line);
  auto lines = read_crontab();
  const bool there = std::erase(lines, line) > 0;
  if (there) write_crontab(context.home, lines);
  if (context.json()) {
    context.print_json(document("schedule.uninstall").field("changed", there).field("line", line).end());
    return 0;
  }
  context.say(there ? "Your crontab calls it no more." : "Your crontab has no such line:\n  " + line);
  return 0;
}

}  // namespace

int ScheduleUninstall::run(Context& context) const {
  check_timer(*this, name);
  return cron ? uninstall_cron(context) : uninstall_systemd(context, *this);
}

}  // namespace ctt::cmd
