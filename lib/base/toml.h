#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
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

}  // namespace ctt::base
