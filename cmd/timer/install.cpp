#include "cmd/timer/install.h"

#include <algorithm>

#include <fmt/format.h>

#include "cmd/shell/system_account.h"
#include "cmd/timer/crontab.h"
#include "cmd/timer/systemd.h"
#include "cmd/timer/timer_files.h"

namespace ctt::cmd {

void ScheduleInstall::declare(CLI::App& app) {
  ScheduleTimer::declare(app);
  app.add_flag("--print", print, "show what would be written, and where, and write nothing");
}

namespace {

// What would be written, and where: text as a file has it, or the document with each file.
int print_files(Context& context, const ScheduleInstall& options, const Systemd& systemd) {
  std::vector<std::pair<std::filesystem::path, std::string>> files;
  if (!options.user) files.emplace_back(options.root / "etc/sysusers.d/ctt.conf", system_account().text);
  for (const auto& file : systemd.files()) files.emplace_back(systemd.folder() / file.name, file.text);
  if (!context.json()) {
    for (const auto& [file, text] : files) context.out << fmt::format("# {}\n{}\n", file.string(), text);
    return 0;
  }
  auto json = document("schedule.install").field("timer", options.user ? "systemd-user" : "systemd");
  json.field("folder", systemd.folder().string()).key("files").array();
  for (const auto& [file, text] : files) json.object().field("path", file.string()).field("text", text).end();
  context.print_json(json.end().field("printed", true).end());
  return 0;
}

int install_systemd(Context& context, const ScheduleInstall& options) {
  const Systemd systemd(context, options);
  if (options.print) return print_files(context, options, systemd);
  if (context.globals.dry_run)
    return context.would(
        fmt::format("write units to {} and enable {}", systemd.folder().string(), kCycleTimer));
  systemd.check_access();
  const bool packaged = systemd.packaged();
  if (!packaged) {
    if (!options.user) systemd.make_account();
    systemd.write_files();
    systemd.systemctl({"daemon-reload"});
  }
  systemd.systemctl({"enable", "--now", kCycleTimer});
  if (context.json()) {
    context.print_json(document("schedule.install")
                           .field("timer", options.user ? "systemd-user" : "systemd")
                           .field("folder", packaged ? "/lib/systemd/system" : systemd.folder().string())
                           .end());
    return 0;
  }
  std::string text = fmt::format(
      "{} is enabled: every minute it looks for due cycles.\n"
      "As services, too: {} enable --now ctt-trade@NAME   the trader of schedule NAME, or of all\n"
      "                  {} enable --now ctt-serve-ws     the dashboard\n",
      kCycleTimer, systemd.called(), systemd.called());
  if (options.user) {
    text += "They end when you log out, unless: loginctl enable-linger";
  } else {
    text += fmt::format(
        "Their state is in {}: sudo ctt init --system, then sudo -u {} ctt ...\n"
        "Keys of Alpaca, root's, mode 0600: /etc/credstore/ctt.alpaca",
        kSystemHome, kSystemAccount);
  }
  context.say(text);
  return 0;
}

int install_cron(Context& context, const ScheduleInstall& options) {
  const auto line = crontab_line(timer_command(context, false));
  if (options.print && context.json()) {
    context.print_json(
        document("schedule.install").field("timer", "cron").field("line", line).field("printed", true).end());
    return 0;
  }
  if (options.print) {
    context.out << line << '\n';
    return 0;
  }
  if (context.globals.dry_run) return context.would("add to your crontab: " + line);
  auto lines = read_crontab();
  const bool there = std::ranges::find(lines, line) != lines.end();
  if (!there) {
    lines.push_back(line);
    write_crontab(context.home, lines);
  }
  if (context.json()) {
    context.print_json(document("schedule.install")
                           .field("timer", "cron")
                           .field("line", line)
                           .field("changed", !there)
                           .end());
    return 0;
  }
  context.say(there ? "Your crontab calls it already:\n  " + line
                    : "Your crontab calls it every minute from now on:\n  " + line);
  return 0;
}

}  // namespace

int ScheduleInstall::run(Context& context) const {
  check_timer(*this, name);
  return cron ? install_cron(context, *this) : install_systemd(context, *this);
}

}  // namespace ctt::cmd
