#pragma once

#include <filesystem>
#include <optional>

namespace ctt::store {

/// Refuses what `restore` could not take: no such file (Error(not_found)), one that is damaged, newer
/// than this program or no ctt database (Error(integrity)).
void check_backup(const std::filesystem::path& backup);

/// Makes the database `file` hold what `backup` holds, which is checked, and brought up to date, before
/// anything of `file` is touched. A sound database takes the content as one change: connections of
/// others see it with their next read. Any other (damaged, newer, of another program) is moved aside
/// with its log, to `<file>.damaged-<time>`, and a new file takes its place; who has the old one open
/// goes on with that. None is needed at all.
///
/// Returns where the old file went when it was moved. Throws as check_backup does, Error(busy),
/// Error(internal) when the place cannot be written.
std::optional<std::filesystem::path> restore(const std::filesystem::path& file,
                                             const std::filesystem::path& backup);

}  // namespace ctt::store
