#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/models.h"
#include "store/state_context.h"

namespace ctt::models {

/// Everything that is wrong with a published model, one sentence each: its file (size, hash, form,
/// values, probes), its companion for the learner, and what its row says about its parent. Empty when
/// nothing is; a pruned model has no file and needs none.
std::vector<std::string> verify(const store::StateContext& state, const store::Model& model);

/// The bytes of a model's file, which hold weights, contract, lineage and probes; checked like a load.
/// Throws Error(refused) when it was pruned, Error(integrity, not_found).
std::string export_bytes(const base::Home& home, const store::Model& model);

/// What taking in a file came to.
struct Imported {
  store::Model model;
  bool known = false;  ///< the same bytes were a model already
};

/// Publishes the bytes of a checkpoint as a model of origin `import`, after every check a load makes;
/// with a schedule, also that its contract is that of the schedule's base. The parent is the model its
/// lineage names, when that is known here. The file comes first, then the row.
/// Throws Error(integrity) for anything but a whole checkpoint, Error(refused) for a foreign contract.
Imported import_bytes(const store::StateContext& context, std::string_view bytes, const std::string& where,
                      const std::optional<std::string>& schedule_id);

}  // namespace ctt::models
