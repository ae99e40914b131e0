#pragma once

#include <filesystem>
#include <vector>

#include "store/state_context.h"

namespace ctt::cycle {

/// A file that a process left behind when it died between writing it and its row.
struct Leftover {
  std::filesystem::path file;
  bool unfinished = false;  ///< its writer is gone and never gave it its name
};

/// Files under models/ and snapshots/ that no row names, and those in the making whose makers are gone.
std::vector<Leftover> leftovers(const store::StateContext& state);

/// Removes those in the making and puts the others aside, into backups/unnamed/, in one turn of writing,
/// so that nobody's row comes in between; whoever publishes a file without the training lock looks after
/// its row whether the file is still there. The caller holds the training lock.
void clear_leftovers(const store::StateContext& state);

}  // namespace ctt::cycle
