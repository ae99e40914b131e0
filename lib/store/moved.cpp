#include "store/moved.h"

#include <sqlite3.h>

#include "store/connection.h"

namespace ctt::store {

bool has_moved(Database& database) {
  int moved = 0;
  auto* handle = database.connection().sqlite().getHandle();
  return sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

}  // namespace ctt::store
