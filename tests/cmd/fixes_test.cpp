// Every command that an error offers as its remedy is one that ctt takes: all of them, out of the source.
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "cmd/shell/typed_command.h"
#include "support/scratch.h"

#define main ctt_main
#include "cmd/ctt.cpp"
#undef main

namespace {

namespace fs = std::filesystem;

struct Fix {
  std::string where;
  std::string text;  // `{}` where the program puts something
};

// The end of the argument list that begins at `from`, behind its opening parenthesis.
std::size_t end_of_call(std::string_view source, std::size_t from) {
  int depth = 1;
  for (auto at = from; at < source.size(); ++at) {
    const char c = source[at];
    if (c == '"') {
      while (source[++at] != '"') at += source[at] == '\\' ? 1 : 0;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return at;
    }
  }
  return source.size();
}

// The texts that `.fix(ARGUMENT)` may hand over. What is added to a literal becomes `{}`; each side of
// `a ? b : c` is a text of its own, and behind a format nothing counts.
std::vector<std::string> texts_of(std::string_view argument) {
  std::vector<std::string> texts;
  std::string text, between;
  bool in_text = false;
  const auto finish = [&] {
    if (in_text) texts.push_back(text + (between.find('+') != std::string::npos ? "{}" : ""));
    text.clear();
    between.clear();
    in_text = false;
  };
  bool format = false;
  int depth = 0;
  for (std::size_t at = 0; at < argument.size(); ++at) {
    const char c = argument[at];
    if (c == '"') {
      std::string literal;
      while (argument[++at] != '"') {
        if (argument[at] == '\\') ++at;
        literal += argument[at];
      }
      if (format && in_text && between.find(',') != std::string::npos) continue;  // an argument of the format
      if (between.find('+') != std::string::npos) text += "{}";
      text += literal;
      in_text = true;
      between.clear();
      continue;
    }
    if (argument.substr(at).starts_with("fmt::format(")) format = true;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (depth == 0 && (c == '?' || c == ':') && argument.substr(at, 2) != "::" &&
        (at == 0 || argument[at - 1] != ':')) {
      finish();
      format = false;
    } else if (depth == 0 || !format) {
      between += c;
    } else if (c == ',') {
      between += c;
    }
  }
  finish();
  return texts;
}

std::vector<Fix> fixes_in(const fs::path& file) {
  const auto source = ctt::base::read_file(file);
  std::vector<Fix> fixes;
  for (auto at = source.find(".fix("); at != std::string::npos; at = source.find(".fix(", at + 1)) {
    const auto from = at + 5;
    const auto line = std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    for (const auto& text : texts_of(std::string_view(source).substr(from, end_of_call(source, from) - from)))
      fixes.push_back({fmt::format("{}:{}", file.string(), line), text});
  }
  return fixes;
}

std::vector<Fix> all_fixes() {
  std::vector<Fix> fixes;
  for (const auto* folder : {"cmd", "lib"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(CTT_SOURCE) / folder)) {
      const auto kind = entry.path().extension();
      if (kind != ".cpp" && kind != ".h") continue;
      if (entry.path().filename() == "error.h") continue;  // the example in its comment
      std::ranges::move(fixes_in(entry.path()), std::back_inserter(fixes));
    }
  }
  return fixes;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

// What is wrong with the words of a command, or nothing.
std::string complaint(const std::vector<std::string>& words) {
  CLI::App root("", "ctt");
  Commands commands(root);
  root.set_help_flag("-h,--help", "");
  bool yes = false;
  std::string home;
  root.add_flag("-y,--yes,-n,--dry-run,--json", yes, "");
  root.add_option("--home", home, "");
  declare_set_up(root, commands);
  declare_data(root, commands);
  declare_training(root, commands);
  declare_trading(root, commands);
  commands.add<Version>(root);
  if (!words.empty() && words.front() == "help") return "";  // a topic; the test of help has them
  try {
    root.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return commands.chosen() ? "" : "names no command";
  } catch (const CLI::CallForHelp&) {
    return root.remaining(true).empty() && &commands.innermost() != &root ? "" : "help about nothing";
  } catch (const CLI::ParseError& error) {
    return error.what();
  } catch (const ctt::base::Error& error) {
    return error.what();
  }
}

// The command with each of some values in the gaps: one of them must do.
std::string complaint(const std::string& text) {
  const auto gaps = [&] {
    std::size_t count = 0;
    for (auto at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) ++count;
    return count;
  }();
  const std::vector<std::string> values{
      "7", "name", "2026-01-02T00:00:00Z", "start", "run", "status", "install", "ctt config"};
  std::string last;
  std::size_t combinations = 1;
  for (std::size_t i = 0; i < gaps; ++i) combinations *= values.size();
  for (std::size_t n = 0; n < std::min<std::size_t>(combinations, 4096); ++n) {
    std::string filled;
    auto digits = n;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '{') {
        filled += text[at];
        continue;
      }
      at = text.find('}', at);
      filled += values[digits % values.size()];
      digits /= values.size();
    }
    auto words = words_of(filled);
    if (!words.empty() && words.front() == "sudo")
      words.erase(words.begin(), std::ranges::find(words, "ctt"));
    if (words.empty() || words.front() != "ctt") return "is no command of ctt";
    words.erase(words.begin());
    last = complaint(words);
    if (last.empty()) return "";
  }
  return last;
}

// Words that some other program takes.
bool is_foreign(const std::string& text) {
  const std::set<std::string> programs{"chmod",     "ls",       "rm",      "kill",    "fuser",
                                       "df",        "scontrol", "install", "scancel", "apt-get",
                                       "systemctl", "mkdir",    "{}"};
  const auto words = words_of(text);
  return words.empty() || programs.contains(words.front());
}

// A command that takes these options, for fixes that repeat what was typed.
std::string repeated(const std::string& text) {
  for (const auto* typed :
       {"ctt train --dataset d --pack p", "ctt datasets create d --symbol BTC/USD", "ctt datasets fetch d",
        "ctt demo", "ctt replay --schedule s", "ctt packs list"}) {
    const auto whole = completed(text, words_of(typed));
    if (complaint(whole).empty()) return whole;
  }
  return text;
}

}  // namespace

TEST_CASE("every fix that an error offers is a command that ctt takes as it stands") {
  const auto fixes = all_fixes();
  CHECK(fixes.size() > 150);
  for (const auto& fix : fixes) {
    if (is_foreign(fix.text)) continue;
    const auto text = fix.text.find("ctt ...") == std::string::npos ? fix.text : repeated(fix.text);
    CAPTURE(fix.where);
    CAPTURE(fix.text);
    CHECK(complaint(text) == "");
    for (const auto& word : words_of(text)) {
      const bool placeholder =
          word.size() > 2 && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
      CHECK_FALSE(placeholder);
    }
  }
}

TEST_CASE("a fix that repeats the command has its words, quoted, and its own options instead of theirs") {
  const std::vector<std::string> typed{"/usr/bin/ctt", "train", "--candles", "900", "--name", "it's", "-q"};
  CHECK(completed("ctt ... --candles 200", typed) == "ctt train --name 'it'\\''s' -q --candles 200");
  CHECK(completed("ctt ... --yes", {"ctt", "packs", "delete", "--candles=9"}) ==
        "ctt packs delete --candles=9 --yes");
  CHECK(completed("sudo -u ana ctt ...", {"ctt", "init"}) == "sudo -u ana ctt init");
  CHECK(completed("ctt doctor", typed) == "ctt doctor");
}
