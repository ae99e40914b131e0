#pragma once

#include <string>
#include <vector>

#include "store/database.h"
#include "store/events.h"

namespace ctt::serve {

/// The frames that follow a `training_update` and are kept nowhere: `training_progress`, how far its training is and
/// how long it will take at the pace so far, and `episode_metrics`, the mean episode of the iteration under the names
/// that charts of single episodes read. None for another event, or a training that is not known.
std::vector<std::string> training_frames(store::Database& database, const store::Event& event);

}  // namespace ctt::serve
