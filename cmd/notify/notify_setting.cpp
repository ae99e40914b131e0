#include "cmd/notify/notify_setting.h"

#include <functional>
#include <sstream>

#include "base/error.h"
#include "base/log.h"

namespace ctt::cmd {

namespace {

std::string address(const Settings& settings, const char* key) {
  const auto& url = settings.text(key);
  if (!url.empty()) notify::check_address(key, url);
  return url;
}

using Complain = std::function<void(const base::Error&)>;

// What cannot be used is complained of and left out: of two ways to tell somebody the other one stays.
notify::NotifySettings read(const Settings& settings, const Complain& complain) {
  notify::NotifySettings wanted;
  const auto attempt = [&](const auto& take) {
    try {
      take();
      return true;
    } catch (const base::Error& error) {
      complain(error);
      return false;
    }
  };
  std::istringstream words(settings.text("notify.command"));
  for (std::string word; words >> word;) wanted.command.push_back(word);
  attempt([&] { wanted.url = address(settings, "notify.url"); });
  attempt([&] { wanted.heartbeat = address(settings, "notify.heartbeat"); });
  wanted.format = settings.text("notify.format") == "text" ? notify::Format::text : notify::Format::json;
  wanted.secret_file = settings.text("notify.secret_file");
  if (!wanted.url.empty() && !wanted.secret_file.empty() &&
      !attempt([&] { notify::read_secret(wanted.secret_file); }))
    wanted.url.clear();
  // Too many alarms rather than none.
  if (!attempt([&] { wanted.kinds = notify::parse_kinds(settings.text("notify.events")); }))
    wanted.kinds = notify::parse_kinds("all");
  const auto limit = settings.duration("notify.time_limit");
  if (limit.count() > 0)
    wanted.time_limit = limit;
  else
    complain(base::Error(base::Failure::usage, "notify.time_limit must be longer than 0 s")
                 .fix("ctt config set notify.time_limit 10s"));
  return wanted;
}

}  // namespace

notify::NotifySettings notify_settings(const Settings& settings) {
  return read(settings, [](const base::Error& error) { throw base::Error(error); });
}

notify::NotifySettings usable_notify_settings(const Settings& settings) {
  return read(settings, [](const base::Error& error) {
    base::log()->error("of the alarms that are wanted not all can be sent: {}", error.what());
  });
}

}  // namespace ctt::cmd
