#pragma once

#include <filesystem>
#include <optional>

namespace ctt::support {

/// Where the reference data lies (real candles in `data/`, reference numbers in `golden/`, check values of
/// papers in `vectors/`), from the environment variable CTT_REFERENCE. Without it the answer is empty, and a
/// message says that the test skipped.
std::optional<std::filesystem::path> reference(const std::filesystem::path& file);

}  // namespace ctt::support
