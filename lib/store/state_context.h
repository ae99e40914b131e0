#pragma once

#include "base/home.h"
#include "base/time.h"
#include "store/database.h"

namespace ctt::store {

/// A state directory to work on: its database, its files, and the time.
struct StateContext {
  store::Database& database;
  const base::Home& home;
  const base::Clock& clock;
};

}  // namespace ctt::store
