#pragma once

#include <string>
#include <vector>

#include "base/home.h"

namespace ctt::cmd {

/// The lines of the user's crontab; none when there is no crontab.
std::vector<std::string> read_crontab();

/// Puts the lines in its place. Throws Error(internal) when crontab did not take them.
void write_crontab(const base::Home& home, const std::vector<std::string>& lines);

}  // namespace ctt::cmd
