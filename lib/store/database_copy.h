#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "store/connection.h"

// For the .cpp files of this folder only: copies of a database, and the names they get.

namespace ctt::store {

/// Copies all content of one open database into another, or throws SQLite::Exception.
void copy_all(SQLite::Database& to, SQLite::Database& from);

/// Puts into the file `empty` what `source` holds: one plain file without a WAL beside it, flushed.
void copy_into_file(const std::filesystem::path& empty, SQLite::Database& source);

/// Copies the content of an open database to a new file, atomically, mode 0600.
void copy_to_file(Database::Connection& connection, const std::filesystem::path& copy);

/// Makes it last which names `file`'s folder has.
void flush_folder_of(const std::filesystem::path& file);

/// The time to the second, for the name of a file beside the database or in its folder of backups:
/// `20261123T120020Z`.
std::string stamp();

/// `<name><ending>` in `folder`, with a number between them when that is taken.
std::filesystem::path free_place(const std::filesystem::path& folder, const std::string& name,
                                 std::string_view ending);

}  // namespace ctt::store
