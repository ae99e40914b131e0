#pragma once

#include <cstdint>
#include <optional>

#include "base/home.h"

namespace ctt::upkeep {

inline constexpr std::uintmax_t kMiB = 1 << 20;
inline constexpr std::uintmax_t kRoomWanted = 1024 * kMiB;  ///< below it a warning
inline constexpr std::uintmax_t kRoomNeeded = 200 * kMiB;   ///< below it a cycle may fail

/// Bytes that are free where the state directory lies; nothing when that cannot be asked.
std::optional<std::uintmax_t> disk_room(const base::Home& home);

}  // namespace ctt::upkeep
