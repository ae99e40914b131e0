#pragma once

#include <optional>
#include <string_view>

#include "serve/request.h"

namespace ctt::serve {

/// Fills path, segments and query of `request` from the target of a request line, percent-decoded.
///
/// False for what could be read in two ways or leads out of a folder: no leading `/`, a bad escape,
/// control characters, a backslash, `.` or `..` as a segment, an escaped `/`, more than
/// 8 kB.
bool read_target(std::string_view target, RestRequest& request);

/// `%41+b` decoded; nothing for a bad escape. A plus is a space in a query only.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

}  // namespace ctt::serve
