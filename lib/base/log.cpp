#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/json.h"
#include "base/time.h"

namespace ctt::base {

namespace {

spdlog::level::level_enum level_of(int verbosity) {
  if (verbosity < 0) return spdlog::level::err;
  if (verbosity == 0) return spdlog::level::warn;
  return verbosity == 1 ? spdlog::level::info : spdlog::level::debug;
}

// One JSON object a line.
class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    JsonWriter json;
    const auto level = spdlog::level::to_string_view(message.level);
    json.object()
        .field("ts", to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(message.time)))
        .field("level", std::string_view(level.data(), level.size()))
        .field("message", std::string_view(message.payload.data(), message.payload.size()))
        .end();
    const auto line = json.text() + "\n";
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

// `%*`: the level as the journal reads it.
class JournalLevel : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view mark = message.level >= spdlog::level::err    ? SD_ERR
                                  : message.level == spdlog::level::warn ? SD_WARNING
                                  : message.level == spdlog::level::info ? SD_INFO
                                                                         : SD_DEBUG;
    out.append(mark.data(), mark.data() + mark.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JournalLevel>(); }
};

// systemd names the stream that it made standard error; a redirection since then makes it another one.
bool is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat standard_error {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &standard_error) == 0 &&
         stream == fmt::format("{}:{}", standard_error.st_dev, standard_error.st_ino);
}

}  // namespace

std::string_view journal_error_mark() { return is_journal() ? SD_ERR : ""; }

std::shared_ptr<spdlog::logger> log() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("ctt", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::warn);
    made->set_pattern("%v");
    return made;
  }();
  return logger;
}

void set_log(int verbosity, LogFormat format) {
  log()->set_level(level_of(verbosity));
  if (format == LogFormat::json) {
    log()->set_formatter(std::make_unique<JsonFormatter>());
  } else if (is_journal()) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<JournalLevel>('*').set_pattern("%*%v");
    log()->set_formatter(std::move(formatter));
  } else {
    log()->set_pattern(verbosity > 0 ? "%Y-%m-%dT%H:%M:%S.%eZ %l %v" : "%v", spdlog::pattern_time_type::utc);
  }
}

}  // namespace ctt::base
