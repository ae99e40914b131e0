#pragma once

#include "store/database.h"

namespace ctt::store {

/// Whether the file that this connection opened lies no more where it was: moved away, deleted, or another one
/// put in its place. The connection goes on reading the old one.
bool has_moved(Database& database);

}  // namespace ctt::store
