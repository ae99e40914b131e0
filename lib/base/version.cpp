#include "base/version.h"

namespace ctt::base {

std::string_view version() { return CTT_VERSION; }
std::string_view commit() { return CTT_COMMIT; }

}  // namespace ctt::base
