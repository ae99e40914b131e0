#include "cmd/timer/timer.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"

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

void check_timer(const ScheduleTimer& options, const char* verb) {
  if (options.systemd == options.cron || (options.user && !options.systemd)) {
    throw Error(Failure::usage, fmt::format("schedule {} wants --systemd, --systemd --user or --cron", verb))
        .fix(fmt::format("ctt schedule {} --systemd --user", verb))
        .fix(fmt::format("ctt schedule {} --cron", verb));
  }
}

Words timer_command(const Context& context, bool system) {
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

ServiceAnswer ask_service(const Words& argv, const char* missing, const fs::path& stderr_file) {
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

}  // namespace ctt::cmd
