#pragma once

#include <spdlog/logger.h>

#include <memory>

namespace ctt::base {

/// The log of this process, on standard error: `log()->info("served v{}", 43)`. Warnings and
/// errors by default; `set_log` is called once, by main.
std::shared_ptr<spdlog::logger> log();

enum class LogFormat { text, json };

/// `verbosity` 0 shows warnings, 1 information, 2 and more debugging; -1 only errors.
void set_log(int verbosity, LogFormat format);

}  // namespace ctt::base
