#include "cmd/shell/typed_command.h"

#include <algorithm>
#include <sstream>

namespace ctt::cmd {

namespace {

constexpr std::string_view kDots = "ctt ...";

bool is_option(const std::string& word) { return word.starts_with("--") && word.size() > 2; }

std::string name_of(const std::string& option) { return option.substr(0, option.find('=')); }

// As a shell takes it back.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// The words that were typed, without the program and without the options that come anew.
std::string kept_words(const std::vector<std::string>& typed, const std::vector<std::string>& anew) {
  std::string text;
  for (std::size_t i = 1; i < typed.size(); ++i) {
    const auto& word = typed[i];
    if (is_option(word) && std::ranges::find(anew, name_of(word)) != anew.end()) {
      const bool value_follows =
          word.find('=') == std::string::npos && i + 1 < typed.size() && !is_option(typed[i + 1]);
      if (value_follows) ++i;
      continue;
    }
    text += " " + quoted(word);
  }
  return text;
}

}  // namespace

std::string completed(const std::string& fix, const std::vector<std::string>& typed) {
  const auto dots = fix.find(kDots);
  if (dots == std::string::npos) return fix;
  const auto tail = fix.substr(dots + kDots.size());
  std::vector<std::string> anew;
  std::istringstream words(tail);
  for (std::string word; words >> word;) {
    if (is_option(word)) anew.push_back(name_of(word));
  }
  return fix.substr(0, dots) + "ctt" + kept_words(typed, anew) + tail;
}

}  // namespace ctt::cmd
