#include "cmd/timer/crontab.h"

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/timer/timer.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using Words = std::vector<std::string>;

Words read_crontab() {
  constexpr auto missing = "ctt schedule install --systemd --user";
  // Without a crontab it complains and exits 1.
  return ask_service({"crontab", "-l"}, missing, "/dev/null").lines;
}

void write_crontab(const base::Home& home, const Words& lines) {
  home.create();
  const auto file = home.run() / "crontab";
  base::write_file_atomically(file, lines.empty() ? "" : fmt::format("{}\n", fmt::join(lines, "\n")));
  const auto answer = ask_service({"crontab", file.string()}, "ctt schedule install --systemd --user");
  fs::remove(file);
  if (!answer.end.ok())
    throw Error(Failure::internal,
                fmt::format("crontab did not take the new table: {}", answer.end.describe()))
        .fix("ctt schedule install --cron --print");
}

}  // namespace ctt::cmd
