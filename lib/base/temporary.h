#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/process.h"

namespace ctt::base {

// A file is written beside its place, under a name that tells who writes it:
// `.tmp-<pid>.<start ticks>-<name>`. A crash leaves such a file, and whoever clears up can tell it from one
// that is being written.

/// Where this process writes what is to become `file`.
std::filesystem::path temporary_beside(const std::filesystem::path& file);

/// Who writes a file of this name; nothing when it is no name of that form. Names of earlier versions,
/// `.tmp-<pid>-<name>`, tell the pid alone.
std::optional<ProcessId> writer_of(std::string_view file_name);

}  // namespace ctt::base
