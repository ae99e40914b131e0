#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "market/costs.h"

namespace ctt::cmd {

/// `--costs`: a profile, or both numbers. `meaning` is the help's sentence.
CLI::Option* declare_costs(CLI::App& app, std::optional<std::string>& costs, const std::string& meaning);

}  // namespace ctt::cmd
