#include "upkeep/disk_room.h"

#include <filesystem>
#include <system_error>

namespace ctt::upkeep {

std::optional<std::uintmax_t> disk_room(const base::Home& home) {
  std::error_code failed;
  const auto space = std::filesystem::space(home.root, failed);
  return failed ? std::nullopt : std::optional(space.available);
}

}  // namespace ctt::upkeep
