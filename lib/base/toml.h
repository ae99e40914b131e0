#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ctt::base {

/// One `key = value` of a TOML file; tables are spelled with dots: `trade.max_drawdown_pct`.
struct TomlSetting {
  std::string key;
  std::variant<bool, std::int64_t, double, std::string> value;
  unsigned line = 0;
  unsigned column = 0;
};

/// Every setting of a TOML file, in its order. Lists and dates are refused: no setting has one.
/// Throws Error(usage) with line and column, Error(not_found) when the file cannot be read.
std::vector<TomlSetting> read_toml(const std::filesystem::path& file);

/// The text of a TOML file with `key` (`trade.max_drawdown_pct`) set to `value`, which is written as it
/// stands; everything else, comments too, stays as it is. `where` names the file in errors.
/// Throws Error(usage) when the text is not TOML, or when it has a table of that name.
std::string with_setting(std::string text, const std::string& key, std::string_view value,
                         const std::string& where);

}  // namespace ctt::base
