#include "serve/learned_bars.h"

#include "base/error.h"
#include "policy/checkpoint.h"
#include "store/live_decisions.h"
#include "store/models.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kModelsMax = 100;

}  // namespace

std::optional<base::Seconds> LearnedBars::until(std::int64_t model_version) {
  if (const auto found = known_.find(model_version); found != known_.end()) return found->second;
  if (known_.size() >= kModelsMax) return std::nullopt;
  return known_[model_version] = read(model_version);
}

std::optional<bool> LearnedBars::are_in(const store::LiveSession& session) {
  bool all_known = true;
  for (const auto& first : store::live_decisions::first_bars(call_.database, session.id)) {
    const auto learned = until(first.model_version);
    if (learned && first.at <= *learned) return true;
    all_known &= learned.has_value();
  }
  return all_known ? std::optional(false) : std::nullopt;
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
