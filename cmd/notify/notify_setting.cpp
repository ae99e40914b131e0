#include "cmd/notify/notify_setting.h"

#include <sstream>

#include "base/error.h"

namespace ctt::cmd {

namespace {

std::string address(const Settings& settings, const char* key) {
  const auto& url = settings.text(key);
  if (!url.empty()) notify::check_address(key, url);
  return url;
}

}  // namespace

notify::NotifySettings notify_settings(const Settings& settings) {
  notify::NotifySettings wanted;
  std::istringstream words(settings.text("notify.command"));
  for (std::string word; words >> word;) wanted.command.push_back(word);
  wanted.url = address(settings, "notify.url");
  wanted.heartbeat = address(settings, "notify.heartbeat");
  wanted.format = settings.text("notify.format") == "text" ? notify::Format::text : notify::Format::json;
  wanted.secret_file = settings.text("notify.secret_file");
  if (!wanted.url.empty() && !wanted.secret_file.empty()) notify::read_secret(wanted.secret_file);
  wanted.kinds = notify::parse_kinds(settings.text("notify.events"));
  wanted.time_limit = settings.duration("notify.time_limit");
  if (wanted.time_limit.count() <= 0)
    throw base::Error(base::Failure::usage, "notify.time_limit must be longer than 0 s")
        .fix("ctt config set notify.time_limit 10s");
  return wanted;
}

}  // namespace ctt::cmd
