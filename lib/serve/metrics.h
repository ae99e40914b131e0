#pragma once

#include <string>

#include "base/home.h"
#include "base/time.h"
#include "store/database.h"

namespace ctt::serve {

/// The state of every schedule and its trader as Prometheus text (version 0.0.4). Whether a trader runs is
/// asked of its lock; one that runs is asked how it does, and waited for a moment at most.
std::string prometheus(store::Database& database, const base::Home& home, base::Instant now,
                       std::size_t clients);

}  // namespace ctt::serve
