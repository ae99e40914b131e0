#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/models/deploy_request.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models rollback [REF]`: back to what served before, and no cycle undoes it.
struct ModelsRollback : DeployOptions {
  static constexpr auto name = "rollback";
  static constexpr auto summary = "Put the model that served before back in service and freeze the schedule";
  static constexpr const char* examples[] = {"ctt models rollback",
                                             "ctt models rollback v41 --schedule btc --no-freeze"};
  static constexpr auto exit_status =
      "0 the trader serves it, 3 unknown model or schedule, or nothing served before, 5 foreign contract or "
      "refused by the trader, 7 committed, but no trader answered, 8 damaged file";

  std::string model = "@previous";
  bool freeze = true;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
