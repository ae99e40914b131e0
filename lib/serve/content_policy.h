#pragma once

#include <string>

namespace ctt::serve {

/// What a page of ours may load: its own files, nothing inline. A replay's report is shown inside the page, in a frame
/// without scripts that inherits this; its style is let in by the hash of its text.
const std::string& content_policy();

}  // namespace ctt::serve
