#include <unistd.h>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "store/moved.h"
#include "upkeep/disk_room.h"
#include "upkeep/verdict.h"

namespace ctt::upkeep {

namespace {

// A stranger who may only look, as a monitoring user, says nothing of whether ctt could write.
bool is_owner(const std::filesystem::path& place) {
  struct stat found = {};
  return ::stat(place.c_str(), &found) == 0 && (found.st_uid == ::geteuid() || ::geteuid() == 0);
}

bool is_read_only(const std::filesystem::path& place) {
  if (::faccessat(AT_FDCWD, place.c_str(), W_OK, AT_EACCESS) == 0) return false;
  return errno == EROFS || (errno == EACCES && is_owner(place));
}

std::optional<HealthCondition> disk(const base::Home& home) {
  const auto room = disk_room(home);
  if (!room) return std::nullopt;
  const auto text = fmt::format("{} MiB are free where {} lies", *room / kMiB, home.root.string());
  if (*room < kRoomNeeded) return {{"disk_full", HealthLevel::critical, text, "ctt doctor --check disk"}};
  if (*room < kRoomWanted) return {{"disk_low", HealthLevel::warning, text, "ctt doctor --check disk"}};
  return std::nullopt;
}

}  // namespace

std::vector<HealthCondition> machine_conditions(const store::StateContext& state) {
  std::vector<HealthCondition> all;
  const auto file = state.database.file().string();
  if (store::has_moved(state.database))
    all.push_back({"database_moved", HealthLevel::critical,
                   fmt::format("{} was moved, deleted or replaced; what is shown is the old one", file),
                   "ctt db status"});
  else if (is_read_only(state.home.root) || is_read_only(state.database.file()))
    all.push_back({"home_read_only", HealthLevel::critical,
                   fmt::format("{} cannot be written: nothing is recorded", state.home.root.string()),
                   "ctt doctor --check home"});
  if (auto scarce = disk(state.home)) all.push_back(std::move(*scarce));
  return all;
}

}  // namespace ctt::upkeep
