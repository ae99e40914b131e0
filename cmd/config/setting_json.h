#pragma once

#include <string>
#include <string_view>

namespace ctt::cmd {

/// The value of a setting as JSON: a number, true or false, or a text, as its definition has it.
std::string setting_json(std::string_view key, const std::string& text);

}  // namespace ctt::cmd
