#pragma once

namespace ctt::base {

/// What a power failure may take of what was written. A process that is killed loses nothing of it.
enum class Durability {
  synced,   ///< nothing
  relaxed,  ///< all of it, until something later is synced: for what would be made again anyway
};

}  // namespace ctt::base
