#pragma once

#include <string>

#include "base/time.h"
#include "store/database.h"

namespace ctt::serve {

/// The state of every schedule and its trader as Prometheus text (version 0.0.4).
std::string prometheus(store::Database& database, base::Instant now, std::size_t clients);

}  // namespace ctt::serve
