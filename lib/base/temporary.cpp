#include "base/temporary.h"

#include <charconv>

#include <fmt/format.h>

namespace ctt::base {

namespace {

constexpr std::string_view kPrefix = ".tmp-";

// Takes a number from the front of a text; 0 when there is none.
template <class Number>
Number take_number(std::string_view& text) {
  Number number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

}  // namespace

std::filesystem::path temporary_beside(const std::filesystem::path& file) {
  const auto self = ProcessId::current();
  return file.parent_path() /
         fmt::format("{}{}.{}-{}", kPrefix, self.pid, self.start_ticks, file.filename().string());
}

std::optional<ProcessId> writer_of(std::string_view file_name) {
  if (!file_name.starts_with(kPrefix)) return std::nullopt;
  auto rest = file_name.substr(kPrefix.size());
  ProcessId writer{.pid = take_number<std::int64_t>(rest), .boot = {}};
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    writer.start_ticks = take_number<std::uint64_t>(rest);
  }
  return writer.pid > 0 && rest.starts_with('-') ? std::optional(writer) : std::nullopt;
}

}  // namespace ctt::base
