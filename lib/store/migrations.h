#pragma once

#include <span>
#include <string_view>

namespace ctt::store {

/// One step of the schema: the statements that lead from version `to - 1` to version `to`.
struct Migration {
  int to;
  std::string_view title;
  std::string_view sql;
};

/// Every step there is, from an empty file to the newest schema, without gaps.
std::span<const Migration> migrations();

/// The schema this program writes: the last migration's version.
int schema_version();

}  // namespace ctt::store
