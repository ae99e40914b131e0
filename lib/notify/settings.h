#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace ctt::notify {

/// How an alarm is written for `url`.
enum class Format { json, text };

/// Who is told what, and how.
struct NotifySettings {
  std::vector<std::string> command;  ///< words; gets the alarm as JSON on its standard input; empty: none
  std::string url;                   ///< POST; empty: none
  Format format = Format::json;
  std::filesystem::path
      secret_file;              ///< 0600; its text stands for `{secret}` in `url`, else it is a bearer token
  std::string heartbeat;        ///< fetched after each good cycle; empty: none
  std::set<std::string> kinds;  ///< of alarms that are sent
  std::chrono::milliseconds time_limit{10'000};  ///< of one command, of one request

  bool wanted() const { return !command.empty() || !url.empty() || !heartbeat.empty(); }
};

/// Every kind of alarm there is; docs/alarms.md says when each is raised.
const std::vector<std::string>& alarm_kinds();

/// `all`, or names separated by commas. Throws Error(usage) that names the nearest.
std::set<std::string> parse_kinds(const std::string& text);

/// https, or http of this machine. Throws Error(usage) naming `setting`.
void check_address(const std::string& setting, const std::string& url);

/// The text of the file, without white space at its ends. Throws Error(keys) for one that others may read or that
/// holds nothing, Error(not_found) when it is not there.
std::string read_secret(const std::filesystem::path& file);

}  // namespace ctt::notify
