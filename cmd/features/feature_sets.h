#pragma once

#include <string>

#include "features/features.h"

namespace ctt::cmd {

/// The features that a word on the command line means: `default` (the seven of the datasets that
/// ctt brings along), `all` (every type there is, with its defaults), or a JSON file that lists
/// specs. Throws Error(usage) for an unknown word or a wrong spec, Error(not_found) for a file that
/// is not there.
features::FeatureSet feature_set(const std::string& set_or_file);

}  // namespace ctt::cmd
