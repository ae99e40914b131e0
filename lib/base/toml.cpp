#include "base/toml.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/error.h"
#include "base/files.h"

namespace ctt::base {

namespace {

void collect(const toml::table& table, const std::string& prefix, const std::filesystem::path& file,
             std::vector<TomlSetting>& settings) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const auto at = node.source().begin;
    if (const auto* inner = node.as_table()) {
      collect(*inner, key + ".", file, settings);
      continue;
    }
    TomlSetting setting{key, false, at.line, at.column};
    if (const auto* truth = node.as_boolean()) {
      setting.value = truth->get();
    } else if (const auto* whole = node.as_integer()) {
      setting.value = whole->get();
    } else if (const auto* number = node.as_floating_point()) {
      setting.value = number->get();
    } else if (const auto* text = node.as_string()) {
      setting.value = text->get();
    } else {
      throw Error(Failure::usage, fmt::format("{} line {}: \"{}\" must be a number, a text or true or false",
                                              file.string(), at.line, key));
    }
    settings.push_back(std::move(setting));
  }
}

}  // namespace

std::vector<TomlSetting> read_toml(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  try {
    std::vector<TomlSetting> settings;
    collect(toml::parse(text, file.string()), "", file, settings);
    std::ranges::sort(settings, {}, [](const auto& s) { return std::pair(s.line, s.column); });
    return settings;
  } catch (const toml::parse_error& error) {
    throw Error(Failure::usage,
                fmt::format("{} is not TOML at line {}, column {}: {}", file.string(),
                            error.source().begin.line, error.source().begin.column, error.description()));
  }
}

}  // namespace ctt::base
