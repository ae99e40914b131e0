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

void require_place(const std::string& file) {
  if (to_standard_output(file)) return;
  const auto path = std::filesystem::absolute(file);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw base::Error(base::Failure::usage, fmt::format("{} is a folder; name a file in it", file));
  const auto folder = path.parent_path();
  if (!std::filesystem::is_directory(folder, ignored))
    throw base::Error(base::Failure::not_found,
                      fmt::format("there is no folder {} for {}", folder.string(), path.filename().string()))
        .fix("mkdir -p " + folder.string());
}

void write_output(Context& context, const std::string& output, std::string_view text) {
  require_place(output);
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
