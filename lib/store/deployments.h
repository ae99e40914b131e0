#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// One request that a schedule's trader serve a model. The newest row is what it should serve;
/// the newest confirmed row that has not ended is what it does serve, as far as it has said.
struct Deployment {
  std::int64_t id = 0;
  std::string schedule_id;
  std::int64_t model_version = 0;
  std::string sha256;
  std::optional<std::int64_t> cycle_number;  ///< the cycle it belongs to, when there is one
  DeployCause cause = DeployCause::automatic;
  std::optional<std::string> reason;  ///< given by whoever asked
  base::Instant requested_at{};
  std::optional<base::Instant> confirmed_at;  ///< the trader answered with this sha256
  std::optional<base::Instant> refused_at;    ///< the trader would not load it
  std::optional<std::string> refusal;         ///< and why
  std::optional<base::Instant> ended_at;      ///< another one took its place
};

struct NewDeployment {
  std::string schedule_id;
  std::int64_t model_version = 0;
  std::optional<std::int64_t> cycle_number;
  DeployCause cause = DeployCause::automatic;
  std::optional<std::string> reason;
};

namespace deployments {

/// Makes a model the desired one. Asking for what is already desired, and not refused, returns
/// that row. Throws Error(not_found) when there is no such version, Error(refused) when its file
/// was pruned.
Deployment request(Transaction& change, const NewDeployment& deployment, base::Instant now);

/// The trader serves this sha256. Ends what served before and appends `continuous_model_deployed`;
/// false, and no event, when it was confirmed already, or refused and replaced since. A sha256 that is not the desired one is
/// recorded only if an earlier request named it, else Error(refused).
bool confirm(Transaction& change, std::string_view schedule_id, std::string_view sha256, base::Instant now);

/// The trader would not load it; it goes on with what it has.
void refuse(Transaction& change, std::string_view schedule_id, std::string_view sha256,
            std::string_view refusal, base::Instant now);

std::optional<Deployment> desired(Database& database, std::string_view schedule_id);
std::optional<Deployment> served(Database& database, std::string_view schedule_id);
/// The one confirmed before the served one with another model: what a rollback goes to. One that the
/// trader gave back is not among them.
std::optional<Deployment> previous(Database& database, std::string_view schedule_id);
/// Newest first; without a limit all of them.
std::vector<Deployment> list(Database& database, std::string_view schedule_id,
                             std::optional<std::size_t> limit = std::nullopt);

}  // namespace deployments
}  // namespace ctt::store
