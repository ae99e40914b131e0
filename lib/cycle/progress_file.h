#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace ctt::cycle {

/// A file that somebody else appends lines to, perhaps on another machine: each whole line is read once. It is opened
/// anew for each look, which is what makes NFS show what is new.
class ProgressFile {
 public:
  explicit ProgressFile(std::filesystem::path file) : file_(std::move(file)) {}

  /// Calls `take` with each line, without its newline, that was completed since the last call.
  void read_new(const std::function<void(const std::string&)>& take);

 private:
  std::filesystem::path file_;
  std::streamoff read_ = 0;  // bytes of it that were taken
};

}  // namespace ctt::cycle
