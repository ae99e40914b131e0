#include "cmd/config/set.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/toml.h"
#include "cmd/config/sound_settings.h"

namespace ctt::cmd {

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

// What was no good before is no fault of this value: settings are mended one at a time.
void require_sound_change(const Settings& before, const Settings& after, const std::string& key) {
  try {
    require_sound(before, key);
  } catch (const base::Error&) {
    return;
  }
  require_sound(after, key);
}

}  // namespace

int ConfigSet::run(Context& context) const {
  const auto& before = context.settings.at(key);
  const auto& file = context.settings.own_file();
  require_sound_change(context.settings, context.settings.with(key, value, file.string()), key);
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

}  // namespace ctt::cmd
