#include "serve/learned_bars.h"

#include <algorithm>

#include "base/error.h"
#include "policy/checkpoint.h"
#include "store/live_decisions.h"
#include "store/models.h"

namespace ctt::serve {

std::optional<base::Seconds> LearnedBars::until(std::int64_t model_version) {
  const auto [found, added] = known_.try_emplace(model_version);
  if (added) found->second = read(model_version);
  return found->second;
}

bool LearnedBars::are_in(const store::LiveSession& session) {
  return std::ranges::any_of(store::live_decisions::first_bars(call_.database, session.id),
                             [&](const store::FirstBar& first) {
                               const auto learned = until(first.model_version);
                               return learned && first.at <= *learned;
                             });
}

std::optional<base::Seconds> LearnedBars::read(std::int64_t model_version) const {
  const auto model = store::models::find(call_.database, model_version);
  if (!model || model->pruned_at) return std::nullopt;
  try {
    const auto until = policy::load(call_.home.model(model->sha256), model->sha256).lineage.data_seen_until;
    if (until.empty()) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(base::parse_time(until));
  } catch (const base::Error&) {
    return std::nullopt;  // gone or damaged: `ctt doctor` says so
  }
}

}  // namespace ctt::serve
