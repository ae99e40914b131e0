#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cycle/rollback.h"

namespace ctt::cmd {

/// What `ctt models deploy` and `rollback` share.
struct DeployOptions {
  std::optional<std::string> schedule;
  std::optional<std::string> reason;
  std::optional<std::string> wait;
};

/// Declares --schedule, --reason and --wait.
void declare_deploy_options(CLI::App& app, DeployOptions& command);

/// What is asked for, and what stood before.
struct DeployRequest {
  cycle::ManualDeploy wanted;
  std::optional<std::int64_t> served_before;
  std::chrono::milliseconds wait{};
};

/// Throws Error(not_found) for an unknown model or schedule.
DeployRequest deploy_request(Context& context, const std::string& model, const DeployOptions& command);

/// Makes the model the desired one, waits for the trader's answer and prints it under `noun_verb`; the
/// exit status.
int deploy(Context& context, const char* noun_verb, const DeployRequest& order);

}  // namespace ctt::cmd
