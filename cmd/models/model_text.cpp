#include "cmd/models/model_text.h"

#include <fmt/format.h>

#include "views/model.h"

namespace ctt::cmd {

using views::LiveModel;

std::string version_name(const std::optional<std::int64_t>& version) {
  return version ? fmt::format("v{}", *version) : "-";
}

std::string live_text(Context& context, const std::vector<LiveModel>& live) {
  std::string text;
  for (const auto& place : live) {
    text += fmt::format("{}{} since {}", text.empty() ? "" : ", ", place.schedule_id,
                        context.terminal.moment(place.since, context.now()));
  }
  return text.empty() ? "-" : text;
}

}  // namespace ctt::cmd
