#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string_view>

namespace ctt::base {

/// The log of this process, on standard error: `log()->info("served v{}", 43)`. Warnings and
/// errors by default; `set_log` is called once, by main.
std::shared_ptr<spdlog::logger> log();

enum class LogFormat { text, json };

/// `verbosity` 0 shows warnings, 1 information, 2 and more debugging; -1 only errors. Where standard
/// error is systemd's journal, lines of text begin with their level for it (sd-daemon(3)) and have no
/// time, which the journal knows.
void set_log(int verbosity, LogFormat format);

/// What each line of an error begins with: `<3>` where standard error is systemd's journal, else nothing.
std::string_view journal_error_mark();

}  // namespace ctt::base
