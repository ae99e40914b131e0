#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/home.h"
#include "trader/policy_slot.h"

namespace ctt::trader {

/// Reads a published model and checks it, against `contract` too when there is one.
/// Throws Error(not_found), Error(integrity), Error(refused); Error(internal) where the machine cannot read
/// it at the moment.
std::shared_ptr<const ServedPolicy> load_served(const base::Home& home, std::int64_t version,
                                                const std::string& sha256, const policy::Contract* contract);

/// Whether a model that did not load is to blame for that itself: its file is missing or damaged, or it is
/// of another contract. Otherwise the machine is (no descriptors, no memory, a disk that does not answer),
/// and the same file may load a moment later.
bool is_models_fault(const base::Error& error);

}  // namespace ctt::trader
