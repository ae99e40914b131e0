#pragma once

#include <string>
#include <string_view>

namespace ctt::cmd {

class Context;

/// Where rows go that may be a file: `-` is standard output.
inline bool to_standard_output(std::string_view output) { return output == "-"; }

/// Throws Error(not_found) when the folder that is to hold `file` is not there, Error(usage) when `file` is a folder
/// itself. To be asked before the work whose result goes there.
void require_place(const std::string& file);

/// Puts a complete text there; a file is written beside and renamed, so it is there whole or not
/// at all. Throws as `require_place` does, and Error(internal) when the place cannot be written.
void write_output(Context& context, const std::string& output, std::string_view text);

/// Everything there is on standard input or in a file; `-` is standard input.
/// Throws Error(not_found) for a file that cannot be read.
std::string read_input(const std::string& input);

/// Appends a number with all its digits; nothing when it is none.
void append_number(std::string& text, double number);

}  // namespace ctt::cmd
