#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ctt::support {

/// A directory of one test: made empty, removed at its end. When the test fails it stays and
/// its place is printed, so that what the test left can be looked at. With CTT_KEEP_SCRATCH set it stays
/// in any case.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Writes `text` to `path`, replacing what was there, and returns the path.
std::filesystem::path write(const std::filesystem::path& path, std::string_view text);

/// The whole content of a file.
std::string read(const std::filesystem::path& path);

}  // namespace ctt::support
