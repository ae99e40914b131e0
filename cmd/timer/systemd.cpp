#include "cmd/timer/systemd.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/shell/system_account.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using Words = std::vector<std::string>;

Systemd::Systemd(const Context& context, const ScheduleTimer& options)
    : context_(context), options_(options) {
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
        .why("the ctt of the package, or of cmake --install, can be given to the system")
        .fix("ctt schedule install --systemd --user");
  }
}

fs::path Systemd::folder() const {
  if (!options_.user) return options_.root / "etc/systemd/system";
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  const fs::path base = config != nullptr && *config != '\0'
                            ? fs::path(config)
                            : fs::path(home != nullptr ? home : "/") / ".config";
  return base / "systemd/user";
}

bool Systemd::packaged() const {
  return !options_.user && fs::exists(options_.root / "lib/systemd/system" / kCycleTimer) &&
         fs::read_symlink("/proc/self/exe") == "/usr/bin/ctt";
}

std::vector<TimerFile> Systemd::files() const {
  const auto command = timer_command(context_, !options_.user);
  return options_.user ? user_units(command) : system_units(command);
}

void Systemd::check_access() const {
  if (options_.user) return;
  const auto etc = options_.root / "etc";
  if (::access(etc.c_str(), W_OK) != 0)
    throw Error(Failure::refused, fmt::format("{} is not yours to write", folder().string()))
        .fix("sudo ctt schedule install --systemd")
        .fix("ctt schedule install --systemd --user");
}

void Systemd::make_account() const {
  const auto account = system_account();
  const auto folder = options_.root / "etc/sysusers.d";
  fs::create_directories(folder);
  base::write_file_atomically(folder / account.name, account.text, 0644);
  run({"systemd-sysusers", (folder / account.name).string()}, "systemd-sysusers");
}

void Systemd::write_files() const {
  fs::create_directories(folder());
  for (const auto& file : files()) base::write_file_atomically(folder() / file.name, file.text, 0644);
}

Words Systemd::remove_files() const {
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

void Systemd::systemctl(Words words) const {
  Words argv{"systemctl"};
  if (options_.user) argv.emplace_back("--user");
  std::ranges::move(words, std::back_inserter(argv));
  run(argv, fmt::format("{}", fmt::join(argv, " ")));
}

void Systemd::run(const Words& argv, const std::string& name) {
  const auto answer = ask_service(argv, "ctt schedule install --cron");
  if (!answer.end.ok())
    throw Error(Failure::internal, fmt::format("\"{}\" failed: {}", name, answer.end.describe()))
        .why("what systemd said stands above; the units' files are there")
        .fix(fmt::format("{}", fmt::join(argv, " ")));
}

bool Systemd::is_enabled(const std::string& name) const {
  const auto stem = name.substr(0, name.find('.'));
  for (const char* wants : {"default.target.wants", "multi-user.target.wants"}) {
    if (!fs::exists(folder() / wants)) continue;
    for (const auto& link : fs::directory_iterator(folder() / wants)) {
      if (link.path().filename().string().starts_with(stem)) return true;
    }
  }
  return false;
}

}  // namespace ctt::cmd
