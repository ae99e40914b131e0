#include "cmd/shell/output.h"

#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

namespace {

// A pipe or a device cannot be replaced by a rename.
void write_special(const std::string& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text << std::flush;
  if (!out) throw base::Error(base::Failure::internal, fmt::format("cannot write {}", file));
}

}  // namespace

void write_output(Context& context, const std::string& output, std::string_view text) {
  if (to_standard_output(output)) {
    context.out << text << std::flush;
  } else if (std::filesystem::exists(output) && !std::filesystem::is_regular_file(output)) {
    write_special(output, text);
  } else {
    base::write_file_atomically(output, text, 0644);
  }
}

std::string read_input(const std::string& input) {
  if (input != "-") return base::read_file(input);
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

void append_number(std::string& text, double number) {
  if (!std::isfinite(number)) return;
  std::array<char, 32> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  text.append(buffer.data(), written.ptr);
}

}  // namespace ctt::cmd
