#pragma once

#include <cstdint>
#include <filesystem>

namespace ctt::store {

/// Room beside the database (`<database>.reserve`, 8 MiB) that traders set aside while there is plenty, and
/// give up when the disk is full: a position can then still be sold, and what is done about it recorded, for some
/// thousand decisions. Cycles and datasets never touch it.
inline constexpr std::uintmax_t kDiskReserveBytes = std::uintmax_t{8} << 20;

/// Sets the room aside where that leaves at least 200 MiB free; no error when it cannot.
void keep_disk_reserve(const std::filesystem::path& database) noexcept;

/// Gives the room up when less than as much is free, and logs that; true when there was one.
bool give_up_disk_reserve(const std::filesystem::path& database) noexcept;

}  // namespace ctt::store
