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

toml::table parsed(const std::string& text, const std::string& where) {
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    throw Error(Failure::usage,
                fmt::format("{} is not TOML at line {}, column {}: {}", where, error.source().begin.line,
                            error.source().begin.column, error.description()));
  }
}

// Where a line and column, both from 1, are in a text; its end for a line that it does not have.
std::size_t offset_of(const std::string& text, toml::source_position at) {
  std::size_t begin = 0;
  for (toml::source_index line = 1; line < at.line; ++line) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos) return text.size();
    ++begin;
  }
  return std::min(text.size(), begin + at.column - 1);
}

}  // namespace

std::vector<TomlSetting> read_toml(const std::filesystem::path& file) {
  std::vector<TomlSetting> settings;
  collect(parsed(read_file(file), file.string()), "", file, settings);
  std::ranges::sort(settings, {}, [](const auto& s) { return std::pair(s.line, s.column); });
  return settings;
}

std::string with_setting(std::string text, const std::string& key, std::string_view value,
                         const std::string& where) {
  const auto file = parsed(text, where);
  if (const auto there = file.at_path(key)) {
    if (there.is_table()) throw Error(Failure::usage, fmt::format("{} has a table \"{}\"", where, key));
    const auto& source = there.node()->source();
    const auto begin = offset_of(text, source.begin);
    return text.replace(begin, offset_of(text, source.end) - begin, value);
  }
  // Below the header of its table; without one, before all headers, where dots make the table.
  const auto dot = key.rfind('.');
  const auto table =
      dot == std::string::npos ? toml::node_view<const toml::node>() : file.at_path(key.substr(0, dot));
  if (table.is_table()) {
    const auto header = offset_of(text, {table.node()->source().begin.line, 1});
    if (text[header] == '[') {
      const auto end = text.find('\n', header);
      if (end == std::string::npos) return fmt::format("{}\n{} = {}\n", text, key.substr(dot + 1), value);
      return text.insert(end + 1, fmt::format("{} = {}\n", key.substr(dot + 1), value));
    }
  }
  return text.insert(0, fmt::format("{} = {}\n", key, value));
}

}  // namespace ctt::base
