#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/home.h"
#include "trader/policy_slot.h"

namespace ctt::trader {

/// Reads a published model and checks it, against `contract` too when there is one.
/// Throws Error(not_found), Error(integrity), Error(refused); Error(internal) where the machine cannot read
/// it at the moment.
std::shared_ptr<const ServedPolicy> load_served(const base::Home& home, std::int64_t version,
                                                const std::string& sha256, const policy::Contract* contract);

}  // namespace ctt::trader
