#pragma once

#include <string>
#include <string_view>

#include "replay/lineage.h"

namespace ctt::replay {

/// A lineage as the bytes of a file, for one that was run on another machine: a line with the SHA-256 of the rest, then
/// JSON whose numbers are read back to the last bit. docs/cluster.md has the keys.
std::string encode(const LineageRun& lineage);

/// Reads it back. Throws Error(integrity) for other bytes than were written, Error(usage) for another form; both
/// name `where`.
LineageRun decode_lineage(std::string_view bytes, const std::string& where);

}  // namespace ctt::replay
