#include "cmd/config/config.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/toml.h"

namespace ctt::cmd {

void ConfigShow::declare(CLI::App& app) { app.add_flag("--origin", origin, "with the source of each value"); }

int ConfigShow::run(Context& context) const {
  if (context.json()) {
    auto json = document("config.show").key("items").array();
    for (const auto& [key, value] : context.settings.all()) {
      json.object().field("key", key).field("value", value.text).field("origin", value.origin).end();
    }
    context.print_json(json.end().end());
    return 0;
  }
  Table table(origin ? std::vector<Table::Column>{{"SETTING"}, {"VALUE"}, {"ORIGIN"}}
                     : std::vector<Table::Column>{{"SETTING"}, {"VALUE"}});
  for (const auto& [key, value] : context.settings.all()) {
    std::vector<std::string> cells{key, value.text.empty() ? "-" : value.text};
    if (origin) cells.push_back(value.origin);
    table.add(std::move(cells));
  }
  context.out << table.text(context.terminal);
  return 0;
}

void ConfigGet::declare(CLI::App& app) { app.add_option("KEY", key, "name of the setting")->required(); }

int ConfigGet::run(Context& context) const {
  const auto& value = context.settings.at(key);
  if (context.json()) {
    context.print_json(document("config.get")
                           .field("key", key)
                           .field("value", value.text)
                           .field("origin", value.origin)
                           .end());
  } else {
    context.out << value.text << '\n';
  }
  return 0;
}

void ConfigSet::declare(CLI::App& app) {
  app.add_option("KEY", key, "name of the setting")->required();
  app.add_option("VALUE", value, "its value, as in ctt config show")->required();
}

namespace {

// As TOML spells it: numbers and true or false bare, everything else in quotes.
std::string spelled(const std::string& key, const std::string& value) {
  const auto& all = setting_definitions();
  const auto& kind = std::ranges::find(all, key, &SettingDefinition::key)->allowed;
  if (kind == "bool" || kind == "number" || kind == "whole") return value;
  std::string text;
  for (const char letter : value) {
    if (letter == '"' || letter == '\\') text += '\\';
    text += letter;
  }
  return '"' + text + '"';
}

}  // namespace

int ConfigSet::run(Context& context) const {
  const auto& before = context.settings.at(key);
  const auto& file = context.settings.own_file();
  Settings::check(key, value, file.string());
  const bool there = base::is_there(file);
  const auto text =
      base::with_setting(there ? base::read_file(file) : "", key, spelled(key, value), file.string());
  if (context.globals.dry_run)
    return context.would(fmt::format("set {} = {} in {}", key, spelled(key, value), file.string()));
  if (!there) base::make_directory(file.parent_path());
  base::write_file_atomically(file, text);
  if (context.json()) {
    context.print_json(
        document("config.set").field("key", key).field("value", value).field("file", file.string()).end());
    return 0;
  }
  context.say(fmt::format("{} = {} in {}", key, spelled(key, value), file.string()));
  const bool outranked = before.origin.starts_with("CTT_") || before.origin.starts_with("flag ") ||
                         before.origin.starts_with("ctt.toml:");
  if (outranked) context.say(fmt::format("{} goes before it and says {}.", before.origin, before.text));
  return 0;
}

int ConfigPath::run(Context& context) const {
  if (context.json()) {
    auto json = document("config.path").key("items").array();
    for (const auto& file : context.settings.files()) {
      json.object()
          .field("file", std::filesystem::absolute(file).string())
          .field("exists", base::is_there(file))
          .end();
    }
    context.print_json(json.end().end());
    return 0;
  }
  for (const auto& file : context.settings.files()) {
    context.out << std::filesystem::absolute(file).string() << (base::is_there(file) ? "" : " (not there)")
                << '\n';
  }
  return 0;
}

void ConfigValidate::declare(CLI::App& app) { app.add_option("FILE", file, "a config file"); }

int ConfigValidate::run(Context& context) const {
  if (file) Settings::validate(*file);
  // Without a file: the settings of this very command were read from all of them.
  if (context.json()) {
    context.print_json(document("config.validate").field("valid", true).end());
  } else {
    context.say("ok");
  }
  return 0;
}

}  // namespace ctt::cmd
