#include "cmd/timer/install.h"
#include "cmd/timer/timer_files.h"
#include "cmd/timer/uninstall.h"

#include <sys/stat.h>

#include <cstdlib>

#include <fmt/format.h>

#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

namespace fs = std::filesystem;

/// A machine of the test's own: programs in PATH that write down how they were called, a crontab in a
/// file, and a folder for /etc.
struct Machine : support::Desk {
  Machine() {
    fs::create_directories(root / "etc");
    program("systemctl", "");
    program("systemd-sysusers", "");
    program(
        "crontab",
        fmt::format("t='{}'\nif [ \"$1\" = -l ]; then cat \"$t\" 2>/dev/null || {{ echo 'no crontab' >&2; "
                    "exit 1; }}; else cp \"$1\" \"$t\"; fi\n",
                    table.string()));
    ::setenv("PATH", fmt::format("{}:{}", (scratch / "bin").string(), path).c_str(), 1);
    ::setenv("XDG_CONFIG_HOME", (scratch / "my config").c_str(), 1);
    ::setenv("CTT_HOME", home.root.c_str(), 1);
  }
  ~Machine() {
    ::setenv("PATH", path.c_str(), 1);
    ::unsetenv("XDG_CONFIG_HOME");
    ::unsetenv("CTT_HOME");
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void program(const std::string& name, const std::string& then) {
    const auto file = scratch / "bin" / name;
    fs::create_directories(file.parent_path());
    support::write(
        file, fmt::format("#!/bin/sh\necho {} \"$@\" >> '{}'\n{}", name, (scratch / "calls").string(), then));
    ::chmod(file.c_str(), 0700);
  }
  std::string calls() const {
    const auto file = scratch / "calls";
    const auto text = fs::exists(file) ? support::read(file) : "";
    fs::remove(file);
    return text;
  }

  const std::string path = std::getenv("PATH");
  const fs::path root = scratch / "root";
  const fs::path table = scratch / "crontab";
  const fs::path user_units = scratch / "my config/systemd/user";
};

ScheduleInstall user_install() {
  ScheduleInstall install;
  install.systemd = install.user = true;
  return install;
}

}  // namespace

TEST_CASE("a crontab gets one line, once, beside what is in it, and loses it again") {
  Machine machine;
  support::write(machine.table, "MAILTO=me\n5 4 * * * backup\n");
  ScheduleInstall install;
  install.cron = true;
  CHECK(machine.run(install) == 0);
  const auto table = support::read(machine.table);
  CHECK(table.starts_with("MAILTO=me\n5 4 * * * backup\n* * * * *  "));
  CHECK(table.find(" --home " + machine.home.root.string()) != std::string::npos);
  CHECK(table.ends_with(" cycle run -q  # ctt schedule install\n"));

  CHECK(machine.run(install) == 0);
  CHECK(support::read(machine.table) == table);
  CHECK(machine.out().starts_with("Your crontab calls it already"));

  ScheduleUninstall uninstall;
  uninstall.cron = true;
  CHECK(machine.run(uninstall) == 0);
  CHECK(support::read(machine.table) == "MAILTO=me\n5 4 * * * backup\n");
  CHECK(machine.run(uninstall) == 0);
  CHECK(machine.out().starts_with("Your crontab has no such line"));
}

TEST_CASE("units of one's own are written, taken up by systemd, and removed") {
  Machine machine;
  CHECK(machine.run(user_install()) == 0);
  CHECK(machine.calls() == "systemctl --user daemon-reload\nsystemctl --user enable --now ctt-cycle.timer\n");
  const auto service = support::read(machine.user_units / "ctt-cycle.service");
  CHECK(service.find("--home " + machine.home.root.string()) != std::string::npos);
  // the folder of settings has a blank in its name
  CHECK(service.find("ExecStart=/usr/bin/env \"XDG_CONFIG_HOME=") != std::string::npos);
  CHECK(fs::exists(machine.user_units / "ctt-trade@.service"));

  ScheduleUninstall uninstall;
  uninstall.systemd = uninstall.user = true;
  CHECK(machine.run(uninstall) == 0);
  CHECK(machine.calls() ==
        "systemctl --user disable --now ctt-cycle.timer\nsystemctl --user daemon-reload\n");
  CHECK(fs::is_empty(machine.user_units));
}

TEST_CASE("what somebody enabled stays when the timer goes") {
  Machine machine;
  REQUIRE(machine.run(user_install()) == 0);
  const auto wants = machine.user_units / "default.target.wants";
  fs::create_directories(wants);
  fs::create_symlink(machine.user_units / "ctt-trade@.service", wants / "ctt-trade@btc.service");
  ScheduleUninstall uninstall;
  uninstall.systemd = uninstall.user = true;
  CHECK(machine.run(uninstall) == 0);
  CHECK(machine.out().find("Enabled, and so left: ctt-trade@.service") != std::string::npos);
  CHECK(fs::exists(machine.user_units / "ctt-trade@.service"));
  CHECK_FALSE(fs::exists(machine.user_units / "ctt-cycle.timer"));
}

TEST_CASE("--print and --dry-run show and change nothing") {
  Machine machine;
  auto install = user_install();
  CHECK(machine.would(install).find("enable ctt-cycle.timer") != std::string::npos);
  install.print = true;
  CHECK(machine.run(install) == 0);
  CHECK(machine.out().find("OnCalendar=*-*-* *:*:00\n") != std::string::npos);
  CHECK(machine.out().find("@CTT_") == std::string::npos);
  CHECK_FALSE(fs::exists(machine.user_units));
  CHECK(machine.calls().empty());
}

TEST_CASE("a system's units belong to the state directory of the system") {
  Machine machine;
  ScheduleInstall install;
  install.systemd = true;
  install.root = machine.root;
  const auto caught = machine.refusal(install);
  CHECK(caught.exit_status == 2);
  CHECK(caught.sentence.find("/var/lib/ctt") != std::string::npos);
}

TEST_CASE("what systemd or cron cannot do is told with the next step") {
  Machine machine;
  machine.program("systemctl", "exit 1\n");
  const auto failed = machine.refusal(user_install());
  CHECK(failed.exit_status == 1);
  CHECK(failed.sentence == "\"systemctl --user daemon-reload\" failed: exit 1");
  fs::remove(machine.scratch / "bin/crontab");
  ::setenv("PATH", (machine.scratch / "bin").c_str(), 1);
  ScheduleInstall cron;
  cron.cron = true;
  CHECK(machine.refusal(cron).exit_status == 3);
  CHECK(machine.refusal(ScheduleInstall{}).exit_status == 2);
}

TEST_CASE("words are quoted for whoever reads them") {
  const std::vector<std::string> command{"/opt/my ctt/ctt", "--home", "/srv/100%/it's $1"};
  CHECK(crontab_line(command) ==
        "* * * * *  '/opt/my ctt/ctt' --home '/srv/100\\%/it'\\''s $1' cycle run -q  # ctt schedule install");
  const auto service = user_units(command)[1].text;
  CHECK(service.find("ExecStart=\"/opt/my ctt/ctt\" --home \"/srv/100%%/it's $$1\" cycle run -q\n") !=
        std::string::npos);
}

TEST_CASE("a trader is started again after everything but a wrong command line") {
  for (const auto& units : {user_units({"ctt"}), system_units({"ctt"})}) {
    for (const auto& unit : units) {
      CAPTURE(unit.name);
      if (unit.name == "ctt-cycle.timer" || unit.name == "ctt-cycle.service" ||
          unit.name == "ctt-notify@.service")
        continue;
      CHECK(unit.text.find("\nRestart=on-failure\n") != std::string::npos);
      CHECK(unit.text.find("\nRestartPreventExitStatus=2\n") != std::string::npos);
    }
    CHECK(units[2].text.find("\nStartLimitIntervalSec=0\n") != std::string::npos);
  }
}

TEST_CASE("a unit that fails for good has its alarm sent; a cycle tells of its end itself") {
  for (const auto& units : {user_units({"ctt"}), system_units({"ctt"})}) {
    for (const auto& unit : units) {
      CAPTURE(unit.name);
      const bool calls = unit.text.find("\nOnFailure=ctt-notify@%n.service\n") != std::string::npos;
      CHECK(calls == (unit.name == "ctt-trade@.service" || unit.name == "ctt-serve-ws.service"));
    }
    CHECK(units[1].text.find("\nSuccessExitStatus=75 130 143\n") != std::string::npos);
    CHECK(units[4].text.find("\nExecStart=ctt notify check --failed-unit %i -q\n") != std::string::npos);
  }
}

TEST_CASE("a restart of the server leaves the trainings alone that were started from its page") {
  for (const auto& units : {user_units({"ctt"}), system_units({"ctt"})}) {
    REQUIRE(units[3].name == "ctt-serve-ws.service");
    CHECK(units[3].text.find("\nKillMode=process\n") != std::string::npos);
  }
}
