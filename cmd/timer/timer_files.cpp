#include "cmd/timer/timer_files.h"

#include <algorithm>
#include <cctype>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cmd/timer/timer_texts.h"

namespace ctt::cmd {

namespace {

using Words = std::vector<std::string>;

bool is_plain(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
         std::string_view("/._-+=:,@").find(letter) != std::string_view::npos;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// systemd.syntax(7): quotes keep blanks together, % begins a specifier, $ a variable.
std::string quoted_for_systemd(const std::string& word) {
  if (std::ranges::all_of(word, is_plain)) return word;
  auto text = replaced(replaced(word, "\\", "\\\\"), "\"", "\\\"");
  return '"' + replaced(replaced(text, "%", "%%"), "$", "$$") + '"';
}

// crontab(5): sh reads the line, but cron makes a newline of each % before that.
std::string quoted_for_cron(const std::string& word) {
  if (std::ranges::all_of(word, is_plain)) return word;
  return '\'' + replaced(replaced(word, "'", R"('\'')"), "%", "\\%") + '\'';
}

std::string filled(const char* text, const Words& command, std::string (*quoted)(const std::string&)) {
  Words words;
  std::ranges::transform(command, std::back_inserter(words), quoted);
  return replaced(text, "@CTT_COMMAND@", fmt::format("{}", fmt::join(words, " ")));
}

std::vector<TimerFile> units(const char* cycle, const char* trade, const char* serve_ws, const char* notify,
                             const Words& command) {
  return {{"ctt-cycle.timer", timer_texts::timer},
          {"ctt-cycle.service", filled(cycle, command, quoted_for_systemd)},
          {"ctt-trade@.service", filled(trade, command, quoted_for_systemd)},
          {"ctt-serve-ws.service", filled(serve_ws, command, quoted_for_systemd)},
          {"ctt-notify@.service", filled(notify, command, quoted_for_systemd)}};
}

}  // namespace

std::vector<TimerFile> system_units(const Words& command) {
  return units(timer_texts::system_cycle, timer_texts::system_trade, timer_texts::system_serve_ws,
               timer_texts::system_notify, command);
}

std::vector<TimerFile> user_units(const Words& command) {
  return units(timer_texts::user_cycle, timer_texts::user_trade, timer_texts::user_serve_ws,
               timer_texts::user_notify, command);
}

TimerFile system_account() { return {"ctt.conf", timer_texts::account}; }

std::string crontab_line(const Words& command) {
  auto line = filled(timer_texts::crontab, command, quoted_for_cron);
  line.erase(line.find_last_not_of('\n') + 1);
  return line;
}

}  // namespace ctt::cmd
