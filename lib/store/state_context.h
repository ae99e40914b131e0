#pragma once

#include "base/home.h"
#include "base/time.h"
#include "store/database.h"

namespace ctt::store {

/// A state directory to work on: its database, its files, and the time. It owns none of the three: it is made
/// for a call and not kept beyond it. In a transaction it is made anew with that as its database.
struct StateContext {
  Database& database;
  const base::Home& home;
  const base::Clock& clock;
};

}  // namespace ctt::store
