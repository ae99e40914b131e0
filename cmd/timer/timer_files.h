#pragma once

#include <string>
#include <vector>

namespace ctt::cmd {

/// A file that a service manager reads: `ctt-cycle.timer` and its text.
struct TimerFile {
  std::string name;
  std::string text;
};

/// The files of scripts/cron with `command` (the words that start ctt) in its place, quoted for the
/// program that reads them. Of systemd: the timer of cycles and its service, first; the services of
/// traders and of `ctt serve-ws`.
std::vector<TimerFile> system_units(const std::vector<std::string>& command);
std::vector<TimerFile> user_units(const std::vector<std::string>& command);

/// The account that the system's units run as, for systemd-sysusers.
TimerFile system_account();

/// One line of a crontab, without its newline.
std::string crontab_line(const std::vector<std::string>& command);

}  // namespace ctt::cmd
