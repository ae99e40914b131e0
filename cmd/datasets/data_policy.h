#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "market/window.h"

namespace ctt::cmd {

/// Adds `--data-policy DEFECT=WORD`, which may be repeated.
void declare_data_policy(CLI::App& app, std::vector<std::string>& words);

/// `before` with what `words` name changed: `hole=block`, `filled_fraction_max=0.05`. Throws Error(usage).
market::DefectPolicies data_policy_of(const std::vector<std::string>& words,
                                      const market::DefectPolicies& before);

}  // namespace ctt::cmd
