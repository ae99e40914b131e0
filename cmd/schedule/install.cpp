#include "cmd/schedule/install.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/child.h"
#include "base/error.h"
#include "base/files.h"
#include "cmd/schedule/timer_files.h"
#include "cmd/shell/system_account.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using Words = std::vector<std::string>;

void ScheduleTimer::declare(CLI::App& app) {
  app.add_flag("--systemd", systemd,
               "units of systemd: of the system, which keeps its state in /var/lib/ctt");
  app.add_flag("--user", user, "of --systemd: units of your own, for this state directory");
  app.add_flag("--cron", cron, "a line in your crontab");
}

void ScheduleInstall::declare(CLI::App& app) {
  ScheduleTimer::declare(app);
  app.add_flag("--print", print, "show what would be written, and where, and write nothing");
}

namespace {

constexpr auto kTimer = "ctt-cycle.timer";

void check(const ScheduleTimer& options, const char* verb) {
  if (options.systemd == options.cron || (options.user && !options.systemd)) {
    throw Error(Failure::usage, fmt::format("schedule {} wants --systemd, --systemd --user or --cron", verb))
        .fix(fmt::format("ctt schedule {} --systemd --user", verb))
        .fix(fmt::format("ctt schedule {} --cron", verb));
  }
}

// The words that start this ctt with the settings it has now. Neither cron nor systemd knows the
// variables of this shell.
Words command_of(const Context& context, bool system) {
  Words words;
  for (const char* variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME"}) {
    const char* value = std::getenv(variable);
    if (!system && value != nullptr && *value != '\0') words.push_back(fmt::format("{}={}", variable, value));
  }
  if (!words.empty()) words.insert(words.begin(), "/usr/bin/env");
  words.push_back(fs::read_symlink("/proc/self/exe").string());
  const auto& origin = context.settings.at("home").origin;
  if (!system && (origin == "CTT_HOME" || origin == "flag --home"))
    words.insert(words.end(), {"--home", fs::absolute(context.home.root).lexically_normal().string()});
  if (context.globals.config)
    words.insert(words.end(), {"--config", fs::absolute(*context.globals.config).string()});
  return words;
}

struct ServiceAnswer {
  base::ChildExit end;
  Words lines;
};

// `missing` names what brings the program.
ServiceAnswer ask(const Words& argv, const char* missing, const fs::path& stderr_file = {}) {
  try {
    base::Child child({.argv = argv, .stderr_file = stderr_file, .inherited_descriptors = {}});
    Words lines;
    while (!child.output_ended()) {
      if (auto line = child.read_line(std::chrono::seconds(1))) lines.push_back(std::move(*line));
    }
    return {child.wait(), std::move(lines)};
  } catch (const Error& error) {
    throw Error(Failure::not_found, fmt::format("{} cannot be started", argv.front()))
        .why(error.what())
        .fix(missing);
  }
}

// --- systemd ---

class Systemd {
 public:
  Systemd(const Context& context, const ScheduleTimer& options) : context_(context), options_(options) {
    if (options.user) return;
    if (context.settings.at("home").origin != "default" && context.home.root != kSystemHome) {
      throw Error(Failure::usage, fmt::format("the system's units keep their state in {}, not in {}",
                                              kSystemHome, context.home.root.string()))
          .fix("ctt schedule install --systemd --user");
    }
    const auto program = fs::read_symlink("/proc/self/exe").string();
    if (program.starts_with("/home/") || program.starts_with("/root/")) {
      throw Error(Failure::refused,
                  fmt::format("{} is in a home, which the system's units do not see", program))
          .fix("the package, or cmake --install, and then that ctt")
          .fix("ctt schedule install --systemd --user");
    }
  }

  fs::path folder() const {
    if (!options_.user) return options_.root / "etc/systemd/system";
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    const fs::path base = config != nullptr && *config != '\0'
                              ? fs::path(config)
                              : fs::path(home != nullptr ? home : "/") / ".config";
    return base / "systemd/user";
  }

  /// Whether a package brought the units, for the ctt that it brought too.
  bool packaged() const {
    return !options_.user && fs::exists(options_.root / "lib/systemd/system" / kTimer) &&
           fs::read_symlink("/proc/self/exe") == "/usr/bin/ctt";
  }

  std::vector<TimerFile> files() const {
    const auto command = command_of(context_, !options_.user);
    return options_.user ? user_units(command) : system_units(command);
  }

  void check_access() const {
    if (options_.user) return;
    const auto etc = options_.root / "etc";
    if (::access(etc.c_str(), W_OK) != 0)
      throw Error(Failure::refused, fmt::format("{} is not yours to write", folder().string()))
          .fix("sudo ctt schedule install --systemd")
          .fix("ctt schedule install --systemd --user");
  }

  void make_account() const {
    const auto account = system_account();
    const auto folder = options_.root / "etc/sysusers.d";
    fs::create_directories(folder);
    base::write_file_atomically(folder / account.name, account.text, 0644);
    run({"systemd-sysusers", (folder / account.name).string()}, "systemd-sysusers");
  }

  void write_files() const {
    fs::create_directories(folder());
    for (const auto& file : files()) base::write_file_atomically(folder() / file.name, file.text, 0644);
  }

  /// Without the services that somebody enabled, and which run; returns those.
  Words remove_files() const {
    Words kept;
    for (const auto& file : files()) {
      if (is_enabled(file.name)) {
        kept.push_back(file.name);
      } else {
        fs::remove(folder() / file.name);
      }
    }
    return kept;
  }

  void systemctl(Words words) const {
    Words argv{"systemctl"};
    if (options_.user) argv.emplace_back("--user");
    std::ranges::move(words, std::back_inserter(argv));
    run(argv, fmt::format("{}", fmt::join(argv, " ")));
  }

  std::string called() const { return options_.user ? "systemctl --user" : "systemctl"; }

 private:
  static void run(const Words& argv, const std::string& name) {
    const auto answer = ask(argv, "ctt schedule install --cron");
    if (!answer.end.ok())
      throw Error(Failure::internal, fmt::format("\"{}\" failed: {}", name, answer.end.describe()))
          .why("what systemd said stands above; the units' files are there")
          .fix(fmt::format("{}", fmt::join(argv, " ")));
  }

  // systemd keeps a link for each unit that is enabled; of `name@.service` for each of its instances.
  bool is_enabled(const std::string& name) const {
    const auto stem = name.substr(0, name.find('.'));
    for (const char* wants : {"default.target.wants", "multi-user.target.wants"}) {
      if (!fs::exists(folder() / wants)) continue;
      for (const auto& link : fs::directory_iterator(folder() / wants)) {
        if (link.path().filename().string().starts_with(stem)) return true;
      }
    }
    return false;
  }

  const Context& context_;
  const ScheduleTimer& options_;
};

int install_systemd(Context& context, const ScheduleInstall& options) {
  const Systemd systemd(context, options);
  if (options.print) {
    if (!options.user)
      context.out << fmt::format("# {}\n{}\n", (options.root / "etc/sysusers.d/ctt.conf").string(),
                                 system_account().text);
    for (const auto& file : systemd.files())
      context.out << fmt::format("# {}\n{}\n", (systemd.folder() / file.name).string(), file.text);
    return 0;
  }
  if (context.globals.dry_run)
    return context.would(fmt::format("write units to {} and enable {}", systemd.folder().string(), kTimer));
  systemd.check_access();
  const bool packaged = systemd.packaged();
  if (!packaged) {
    if (!options.user) systemd.make_account();
    systemd.write_files();
    systemd.systemctl({"daemon-reload"});
  }
  systemd.systemctl({"enable", "--now", kTimer});
  if (context.json()) {
    context.print_json(document("schedule.install")
                           .field("timer", options.user ? "systemd-user" : "systemd")
                           .field("folder", packaged ? "/lib/systemd/system" : systemd.folder().string())
                           .end());
    return 0;
  }
  std::string text = fmt::format(
      "{} is enabled: every minute it looks for due cycles.\n"
      "As services, too: {} enable --now ctt-trade@NAME   the trader of schedule NAME\n"
      "                  {} enable --now ctt-serve-ws     the dashboard\n",
      kTimer, systemd.called(), systemd.called());
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

int uninstall_systemd(Context& context, const ScheduleUninstall& options) {
  const Systemd systemd(context, options);
  if (context.globals.dry_run)
    return context.would(
        fmt::format("disable {} and remove units from {}", kTimer, systemd.folder().string()));
  systemd.check_access();
  const bool there = systemd.packaged() || fs::exists(systemd.folder() / kTimer);
  Words kept;
  if (there) {
    systemd.systemctl({"disable", "--now", kTimer});
    kept = systemd.remove_files();
    systemd.systemctl({"daemon-reload"});
  }
  if (context.json()) {
    context.print_json(document("schedule.uninstall").field("changed", there).field("kept", kept).end());
    return 0;
  }
  std::string text = there ? "No timer of systemd calls ctt cycle run any more."
                           : fmt::format("There is no {} in {}.", kTimer, systemd.folder().string());
  if (!kept.empty()) text += fmt::format("\nEnabled, and so left: {}", fmt::join(kept, ", "));
  context.say(text);
  return 0;
}

// --- cron ---

Words crontab() {
  constexpr auto missing = "ctt schedule install --systemd --user";
  // Without a crontab it complains and exits 1.
  return ask({"crontab", "-l"}, missing, "/dev/null").lines;
}

void write_crontab(const base::Home& home, const Words& lines) {
  home.create();
  const auto file = home.run() / "crontab";
  base::write_file_atomically(file, lines.empty() ? "" : fmt::format("{}\n", fmt::join(lines, "\n")));
  const auto answer = ask({"crontab", file.string()}, "ctt schedule install --systemd --user");
  fs::remove(file);
  if (!answer.end.ok())
    throw Error(Failure::internal,
                fmt::format("crontab did not take the new table: {}", answer.end.describe()))
        .fix("ctt schedule install --cron --print");
}

int install_cron(Context& context, const ScheduleInstall& options) {
  const auto line = crontab_line(command_of(context, false));
  if (options.print) {
    context.out << line << '\n';
    return 0;
  }
  if (context.globals.dry_run) return context.would("add to your crontab: " + line);
  auto lines = crontab();
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

int uninstall_cron(Context& context) {
  const auto line = crontab_line(command_of(context, false));
  if (context.globals.dry_run) return context.would("take out of your crontab: " + line);
  auto lines = crontab();
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

int ScheduleInstall::run(Context& context) const {
  check(*this, name);
  return cron ? install_cron(context, *this) : install_systemd(context, *this);
}

int ScheduleUninstall::run(Context& context) const {
  check(*this, name);
  return cron ? uninstall_cron(context) : uninstall_systemd(context, *this);
}

}  // namespace ctt::cmd
