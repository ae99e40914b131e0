#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace ctt::cmd {

/// What a REF on the command line may be.
constexpr auto kModelReference = "v42, the beginning of a sha256, an experiment, or @live, @previous, @base";

/// Declares --schedule: whose words @live, @previous and @base are.
void declare_reference_schedule(CLI::App& app, std::optional<std::string>& schedule);

}  // namespace ctt::cmd
