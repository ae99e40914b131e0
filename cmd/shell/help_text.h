#pragma once

#include <cstddef>
#include <string>

namespace ctt::cmd {

/// Words in lines of at most 80 columns, the ones after the first indented.
std::string wrapped(const std::string& text, std::size_t indent);

/// A line of two columns, `left` and what it is; a long `left` has a line of its own.
std::string help_entry(const std::string& left, const std::string& description);

}  // namespace ctt::cmd
