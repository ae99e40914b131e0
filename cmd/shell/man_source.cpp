#include "cmd/shell/man_source.h"

#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/shell/help_topics.h"
#include "cmd/shell/option_text.h"
#include "cmd/shell/settings.h"

namespace ctt::cmd {

namespace {

using base::Error;
using base::Failure;

// scdoc(5): these have a meaning inside a line.
std::string plain(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (std::string_view("\\*_+").find(letter) != std::string_view::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string bold(std::string_view text) { return fmt::format("*{}*", plain(text)); }
std::string slanted(std::string_view text) { return fmt::format("_{}_", plain(text)); }
std::string literal(std::string_view text) { return fmt::format("```\n{}```\n", text); }

std::string entry(const std::string& head, std::string_view description) {
  return fmt::format("{}\n\t{}\n\n", head, plain(description));
}

bool is_root(const CLI::App& app) { return app.get_parent() == nullptr; }

std::string synopsis_line(const CLI::App& app) {
  std::string line = bold(path_of(app));
  if (is_root(app)) return line + " _COMMAND_ [_OPTIONS_]";
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const auto name = slanted(option->get_name(true));
    line += option->get_required() ? " " + name : fmt::format(" [{}]", name);
  }
  return line + " [_OPTIONS_]";
}

class Page {
 public:
  Page(const Commands& commands, const CLI::App& app) : commands_(commands), app_(app) {}

  /// Of the command if it runs by itself, and of each of its verbs.
  std::string synopsis() const {
    std::string text;
    const auto add = [&](const CLI::App& app) { text += (text.empty() ? "" : "++\n") + synopsis_line(app); };
    if (is_root(app_) || commands_.notes(&app_) != nullptr) add(app_);
    if (!is_root(app_)) {
      for (const auto* verb : verbs_of(app_)) add(*verb);
    }
    return text + "\n";
  }

  std::string commands() const {
    std::string text;
    if (is_root(app_)) return options(app_);
    const auto verbs = verbs_of(app_);
    if (const auto* notes = commands_.notes(&app_)) {
      // With verbs beside it, the command itself is the first of them.
      if (!verbs.empty())
        text += fmt::format("## {}\n\n{}.\n\n", path_of(app_), plain(app_.get_description()));
      text += body(app_, *notes, verbs.empty() ? "# EXAMPLES\n\n" : "Examples:\n\n");
    }
    for (const auto* verb : verbs) {
      text += fmt::format("## {}\n\n{}.\n\n", path_of(*verb), plain(verb->get_description()));
      text += body(*verb, *commands_.notes(verb), "Examples:\n\n");
    }
    return text;
  }

  std::string index() const {
    std::string text;
    for (const auto* noun : verbs_of(app_)) {
      const auto verbs = verbs_of(*noun);
      std::string names;
      for (const auto* verb : verbs) names += (names.empty() ? " (" : ", ") + verb->get_name();
      if (!names.empty()) names += ")";
      text +=
          entry(fmt::format("*{}*(1)", plain("ctt-" + noun->get_name())), noun->get_description() + names);
    }
    return text;
  }

 private:
  static std::string body(const CLI::App& app, const CommandNotes& notes, std::string_view title) {
    auto text = options(app) + fmt::format("Exit status: {}.\n\n", plain(notes.exit_status));
    std::string lines;
    for (const auto& example : notes.examples) lines += example + "\n";
    return text + std::string(title) + literal(lines) + "\n";
  }

  // -h stands once, in ctt(1), with the options of every command.
  static std::string options(const CLI::App& app) {
    std::string text;
    for (const auto* option : app.get_options()) {
      if (option->get_group().empty() || (option->check_lname("help") && !is_root(app))) continue;
      const auto words = text_of(*option);
      const auto head = option->get_positional() ? slanted(words.names) : bold(words.names);
      text += entry(head + (words.type.empty() ? "" : " " + slanted(words.type)), words.description);
    }
    return text;
  }

  const Commands& commands_;
  const CLI::App& app_;
};

std::string settings_text() {
  std::string text;
  for (const auto& setting : setting_definitions()) {
    const auto otherwise = setting.default_value.empty() ? "" : ", default " + setting.default_value;
    text += entry(fmt::format("{} ({}{})", bold(setting.key), plain(setting.allowed), plain(otherwise)),
                  setting.help);
  }
  return text;
}

struct ManSource {
  static constexpr auto name = "man-source";
  static constexpr auto summary = "Print a man page for scdoc";
  static constexpr const char* examples[] = {"ctt man-source man/ctt-schedule.1.scd | scdoc"};
  static constexpr auto exit_status = "0 printed, 2 no such command, 3 no such file";

  Commands* commands = nullptr;
  std::string file;

  void declare(CLI::App& app) {
    app.add_option("FILE", file, "the hand-written part")->required();
    app.group("");
  }

  // The command that `ctt-serve-ws.1.scd` is about; ctt itself for pages about no command.
  const CLI::App& subject() const {
    const auto page = std::filesystem::path(file).filename().string();
    const auto stem = page.substr(0, page.find('.'));
    if (stem == "ctt" || page.find(".1.") == std::string::npos) return commands->root();
    if (const auto* app = commands->find({stem.substr(stem.find('-') + 1)})) return *app;
    throw Error(Failure::usage, fmt::format("{} is about no command", page)).fix("ctt help");
  }

  std::string made(const Page& page, const std::string& line) const {
    if (line == "@SYNOPSIS@") return page.synopsis();
    if (line == "@COMMANDS@") return page.commands();
    if (line == "@INDEX@") return page.index();
    if (line == "@SETTINGS@") return settings_text();
    if (line.starts_with("@TOPIC ")) return literal(help_topic(line.substr(7, line.size() - 8)));
    return line + "\n";
  }

  int run(Context& context) const {
    const Page page(*commands, subject());
    std::istringstream lines(base::read_file(file));
    for (std::string line; std::getline(lines, line);) context.out << made(page, line);
    return 0;
  }
};

}  // namespace

void declare_man_source(CLI::App& root, Commands& commands) {
  commands.add<ManSource>(root).commands = &commands;
}

}  // namespace ctt::cmd
