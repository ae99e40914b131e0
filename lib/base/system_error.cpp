#include "base/system_error.h"

#include <cstring>

#include <fmt/format.h>

namespace ctt::base {

Error system_error(std::string_view doing, int reason, Failure failure) {
  return {failure, fmt::format("cannot {}: {}", doing, std::strerror(reason))};
}

}  // namespace ctt::base
