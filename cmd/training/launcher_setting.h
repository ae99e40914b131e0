#pragma once

#include <memory>

#include "cmd/shell/context.h"
#include "cycle/slurm_launcher.h"

namespace ctt::cmd {

/// The settings `slurm.*`.
cycle::SlurmOptions slurm_options_of(const Settings& settings);

/// The launcher that the settings `launcher.backend` and `slurm.*` ask for.
std::shared_ptr<cycle::Launcher> launcher_of(const Context& context);

}  // namespace ctt::cmd
