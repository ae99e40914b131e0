#include "store/disk_reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"

namespace ctt::store {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLeftFree = std::uintmax_t{200} << 20;

fs::path reserve_of(const fs::path& database) { return database.string() + ".reserve"; }

std::uintmax_t free_beside(const fs::path& database) {
  std::error_code failed;
  const auto room = fs::space(fs::absolute(database).parent_path(), failed);
  return failed ? 0 : room.available;
}

}  // namespace

void keep_disk_reserve(const fs::path& database) noexcept try {
  const auto file = reserve_of(database);
  std::error_code none;
  if (fs::file_size(file, none) == kDiskReserveBytes && !none) return;
  if (free_beside(database) < kLeftFree + kDiskReserveBytes) return;
  const auto made = base::Descriptor::open(file.string(), O_WRONLY | O_CREAT, 0600);
  if (made && ::posix_fallocate(made.get(), 0, static_cast<off_t>(kDiskReserveBytes)) != 0)
    ::unlink(file.c_str());
} catch (const std::exception& error) {
  base::log()->warn("no room can be set aside for a full disk: {}", error.what());
}

bool give_up_disk_reserve(const fs::path& database) noexcept try {
  if (free_beside(database) >= kDiskReserveBytes) return false;
  if (::unlink(reserve_of(database).c_str()) != 0) return false;
  base::log()->error(
      "the disk of {} is full: the {} MiB that were set aside for that are given up, and after them the "
      "trader "
      "ends with its position",
      database.string(), kDiskReserveBytes >> 20);
  return true;
} catch (const std::exception&) {
  return false;
}

}  // namespace ctt::store
