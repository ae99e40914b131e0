#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/shell/context.h"
#include "views/model.h"

namespace ctt::cmd {

/// `v42`; `-` when there is none.
std::string version_name(const std::optional<std::int64_t>& version);

/// `btc since 10:15, eth since 3 May`; `-` when it trades nowhere.
std::string live_text(Context& context, const std::vector<views::LiveModel>& live);

}  // namespace ctt::cmd
