#include "replay/arm.h"

#include <algorithm>
#include <sstream>

#include "base/error.h"
#include "base/names.h"

namespace ctt::replay {

namespace {

constexpr auto kArms = base::names_of<Arm>({{Arm::never, "never"},
                                            {Arm::always, "always"},
                                            {Arm::gated, "gated"},
                                            {Arm::scratch, "scratch"},
                                            {Arm::placebo, "placebo"},
                                            {Arm::hold, "hold"},
                                            {Arm::flat, "flat"}});
constexpr auto kSessionArms = base::names_of<Arm>({{Arm::traded, "traded"}, {Arm::replayed, "replayed"}});

}  // namespace

std::string_view name(Arm arm) {
  return arm == Arm::traded || arm == Arm::replayed ? kSessionArms.name(arm) : kArms.name(arm);
}

std::vector<Arm> parse_arms(std::string_view list) {
  std::vector<Arm> arms;
  std::istringstream words{std::string(list)};
  for (std::string word; std::getline(words, word, ',');) {
    const auto arm = kArms.find(word);
    if (!arm) {
      throw base::Error(base::Failure::usage,
                        fmt::format("\"{}\" is no arm of a replay{}; there are {}", word,
                                    base::did_you_mean(word, kArms.all()), kArms.list()));
    }
    if (std::ranges::find(arms, *arm) == arms.end()) arms.push_back(*arm);
  }
  if (arms.empty())
    throw base::Error(base::Failure::usage, "a replay needs at least one arm: " + kArms.list());
  return arms;
}

}  // namespace ctt::replay
