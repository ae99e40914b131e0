#pragma once

#include <string>
#include <vector>

#include "replay/lineage.h"

namespace ctt::replay {

/// What the gate said of candidates and of placebos, as JSON: slots by outcome of either, and `same_parent`.
///
/// Where the lineages of `gated` tried their gate, both sides are of these slots, and candidate and placebo of a slot
/// had one parent. Otherwise they are the chains of `real` and of `placebos`, whose parents part from slot to slot.
/// A side without lineages (nullptr) is null.
std::string gate_json(const std::vector<const LineageRun*>* gated, const std::vector<const LineageRun*>* real,
                      const std::vector<const LineageRun*>* placebos);

}  // namespace ctt::replay
