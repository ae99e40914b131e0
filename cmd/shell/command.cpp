#include "cmd/shell/command.h"

#include <fmt/format.h>

#include "cmd/shell/help_text.h"
#include "cmd/shell/option_text.h"

namespace ctt::cmd {

std::string path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : path_of(*app.get_parent()) + " " + app.get_name();
}

namespace {

std::string usage(const CLI::App& app) {
  std::string line = "Usage: " + path_of(app);
  for (const auto* option : app.get_options()) {
    if (option->get_positional())
      line += option->get_required() ? " " + option->get_name(true) : " [" + option->get_name(true) + "]";
  }
  line += " [options]";
  if (!verbs_of(app).empty()) line += app.get_parent() == nullptr ? " COMMAND" : " VERB";
  return line;
}

// The options with their descriptions; defaults stand at the description's end.
std::string option_lines(const CLI::App& app, const std::string& title, bool positional) {
  std::string lines;
  for (const auto* option : app.get_options()) {
    if (option->get_positional() != positional || option->get_group().empty()) continue;
    const auto text = text_of(*option);
    const auto left = "  " + text.names + (text.type.empty() ? "" : " " + text.type);
    lines += help_entry(left, text.description);
  }
  return lines.empty() ? "" : fmt::format("\n{}:\n{}", title, lines);
}

}  // namespace

CLI::App& Commands::group(const std::string& name, const std::string& summary) {
  CLI::App& app = *root_.add_subcommand(name, summary);
  app.fallthrough();
  return app;
}

CLI::App& Commands::innermost() const {
  CLI::App* app = &root_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return *app;
}

std::function<int(Context&)> Commands::chosen() const {
  const auto found = runs_.find(&innermost());
  return found == runs_.end() ? nullptr : found->second;
}

const CommandNotes* Commands::notes(const CLI::App* app) const {
  const auto found = notes_.find(app);
  return found == notes_.end() ? nullptr : &found->second;
}

CLI::App* Commands::find(const std::vector<std::string>& words) const {
  CLI::App* app = &root_;
  for (const auto& word : words) {
    const auto named = app->get_subcommands([&](const CLI::App* verb) { return verb->get_name() == word; });
    if (named.empty()) return nullptr;
    app = named.front();
  }
  return app;
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* verb) { return !verb->get_group().empty(); });
}

std::string help_of(const Commands& commands, const CLI::App& app) {
  std::string text = wrapped(app.get_description(), 0) + "\n";
  const auto* notes = commands.notes(&app);
  if (notes != nullptr && !notes->examples.empty()) {
    text += "\nExamples:\n";
    for (const auto& example : notes->examples) text += "  " + example + "\n";
  }
  text += "\n" + usage(app) + "\n";
  std::string verbs;
  for (const auto* verb : verbs_of(app))
    verbs += fmt::format("  {:<14}{}\n", verb->get_name(), wrapped(verb->get_description(), 16));
  if (!verbs.empty()) text += (app.get_parent() == nullptr ? "\nCommands:\n" : "\nVerbs:\n") + verbs;
  text += option_lines(app, "Arguments", true);
  text += option_lines(app, app.get_parent() == nullptr ? "Options of every command" : "Options", false);
  if (notes != nullptr) text += "\n" + wrapped("Exit status: " + notes->exit_status, 0) + "\n";
  if (app.get_parent() != nullptr) text += "Options of every command: ctt --help\n";
  return text;
}

}  // namespace ctt::cmd
