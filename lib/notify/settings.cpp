#include "notify/settings.h"

#include <sys/stat.h>

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "alpaca/endpoints.h"
#include "base/error.h"
#include "base/files.h"

namespace ctt::notify {

using base::Error;
using base::Failure;

const std::vector<std::string>& alarm_kinds() {
  static const std::vector<std::string> kinds{
      "cycle_failed",       "cycle_late",     "cycle_abandoned", "model_rejected", "model_deployed",
      "model_reverted",     "model_refused",  "model_stale",     "reducing",       "halted",
      "flatten_unfinished", "trader_gone",    "trader_failed",   "trader_stopped", "trader_silent",
      "keys_refused",       "account_barred", "books_unread",    "bars_stale",     "database_moved",
      "home_read_only",     "disk_full",      "disk_low",        "unit_failed",    "test"};
  return kinds;
}

std::set<std::string> parse_kinds(const std::string& text) {
  const auto& known = alarm_kinds();
  if (text == "all") return {known.begin(), known.end()};
  std::set<std::string> kinds{"test", "unit_failed"};
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::erase(word, ' ');
    if (word.empty()) continue;
    if (std::ranges::find(known, word) == known.end())
      throw Error(Failure::usage, fmt::format("notify.events: there is no alarm \"{}\"{}", word,
                                              base::did_you_mean(word, known)))
          .fix("ctt config set notify.events all");
    kinds.insert(word);
  }
  return kinds;
}

void check_address(const std::string& setting, const std::string& url) {
  try {
    const auto parsed = alpaca::parse_url(url);
    if (parsed.scheme == "https" || (parsed.scheme == "http" && parsed.loopback())) return;
  } catch (const Error&) {
    // The address may hold a secret, and is not repeated.
  }
  throw Error(Failure::usage,
              fmt::format("{} must be an address with https://, or http:// of this machine", setting))
      .fix("ctt config show");
}

std::string read_secret(const std::filesystem::path& file) {
  struct stat found = {};
  if (::stat(file.c_str(), &found) == 0 && (found.st_mode & 077) != 0)
    throw Error(Failure::keys,
                fmt::format("the secret of notify.url in {} is readable by others (mode {:04o})",
                            file.string(), found.st_mode & 07777))
        .fix(fmt::format("chmod 600 {}", file.string()));
  auto text = base::read_file(file, 1 << 12);
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  text.erase(0, static_cast<std::size_t>(std::ranges::find_if_not(text, blank) - text.begin()));
  if (text.empty() || std::ranges::any_of(text, [](char c) { return c < ' '; }))
    throw Error(Failure::keys, fmt::format("{} holds no secret of one line", file.string()));
  return text;
}

}  // namespace ctt::notify
