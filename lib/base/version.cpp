#include "base/version.h"

#include "commit.h"  // made by the build: cmake/CttCommit.cmake

namespace ctt::base {

std::string_view version() { return CTT_VERSION; }
std::string_view commit() { return CTT_COMMIT; }

}  // namespace ctt::base
