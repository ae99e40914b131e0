#include "report/command_line.h"

#include <algorithm>
#include <array>

namespace ctt::report {

namespace {

// What the dataset and the pack say by themselves.
constexpr std::array<std::string_view, 6> kFacts{"symbol",      "timeframe", "commission",
                                                 "half_spread", "fill",      "slippage"};

std::string option_name(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,=:+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// A switch that is off has `no-` before its name; a number of seconds is given with its unit.
std::string option_of(const std::string& key, const std::string& value) {
  if (value == "true") return option_name(key);
  if (value == "false") return option_name("no_" + key);
  if (key.ends_with("_s")) return option_name(key.substr(0, key.size() - 2)) + " " + quoted(value + "s");
  return option_name(key) + " " + quoted(value);
}

// Each key that the grid's points differ in, with its values in the order of the points.
std::vector<std::pair<std::string, std::vector<std::string>>> varied(const ReportDocument& document) {
  std::vector<std::pair<std::string, std::vector<std::string>>> keys;
  for (const auto& point : document.points) {
    for (const auto& [key, value] : point.vary) {
      auto found = std::ranges::find_if(keys, [&name = key](const auto& k) { return k.first == name; });
      if (found == keys.end()) found = keys.insert(keys.end(), {key, {}});
      if (std::ranges::find(found->second, value) == found->second.end()) found->second.push_back(value);
    }
  }
  return keys;
}

}  // namespace

std::string command_line(const ReportDocument& document) {
  if (const auto given = document.setting("command"); !given.empty()) return given;
  if (document.is_session() || document.settings.empty()) return "";
  const auto grid = varied(document);
  std::string line = "ctt replay";
  for (const auto& [key, value] : document.settings) {
    const std::string option = option_name(key);
    const bool in_grid =
        std::ranges::any_of(grid, [&](const auto& k) { return option_name(k.first) == option; });
    if (in_grid || key == "vary" || key == "allow_seen" || std::ranges::find(kFacts, key) != kFacts.end())
      continue;
    if (value.empty()) continue;
    line += " " + option_of(key, value);
  }
  for (const auto& [key, values] : grid) {
    std::string joined;
    for (const auto& value : values) joined += (joined.empty() ? "" : ",") + value;
    line += " --vary " + quoted(key + "=" + joined);
  }
  if (document.in_sample()) line += " --allow-seen";
  return line;
}

}  // namespace ctt::report
