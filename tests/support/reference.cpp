#include "support/reference.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace ctt::support {

std::optional<std::filesystem::path> reference(const std::filesystem::path& file) {
  const char* folder = std::getenv("CTT_REFERENCE");
  if (folder != nullptr && std::filesystem::exists(folder / file)) return folder / file;
  MESSAGE("skipped: " << file.string() << " is not here (CTT_REFERENCE names the reference data)");
  return std::nullopt;
}

}  // namespace ctt::support
