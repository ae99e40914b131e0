#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/models/deploy_request.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models deploy REF`: makes a model the desired one and waits until the trader serves it.
struct ModelsDeploy : DeployOptions {
  static constexpr auto name = "deploy";
  static constexpr auto summary = "Put a published policy in service; done when the trader reports its hash";
  static constexpr const char* examples[] = {
      "ctt models deploy v42", "ctt models deploy v43 --schedule btc --force-gate --reason test"};
  static constexpr auto exit_status =
      "0 the trader serves it, 3 unknown model or schedule, 5 foreign contract, rejected by its gate or "
      "refused by the trader, 7 committed, but no trader answered, 8 damaged file";

  std::string model;
  bool force_gate = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
