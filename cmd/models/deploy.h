#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models deploy REF`: makes a model the desired one and waits until the trader serves it.
struct ModelsDeploy {
  static constexpr auto name = "deploy";
  static constexpr auto summary = "Put a published policy in service; done when the trader reports its hash";
  static constexpr const char* examples[] = {
      "ctt models deploy v42", "ctt models deploy v43 --schedule btc --force-gate --reason test"};
  static constexpr auto exit_status =
      "0 the trader serves it, 3 unknown model or schedule, 5 foreign contract, rejected by its gate or "
      "refused by the trader, 7 committed, but no trader answered, 8 damaged file";

  std::string model;
  std::optional<std::string> schedule;
  std::optional<std::string> reason;
  std::optional<std::string> wait;
  bool force_gate = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt models rollback [REF]`: back to what served before, and no cycle undoes it.
struct ModelsRollback {
  static constexpr auto name = "rollback";
  static constexpr auto summary = "Put the model that served before back in service and freeze the schedule";
  static constexpr const char* examples[] = {"ctt models rollback",
                                             "ctt models rollback v41 --schedule btc --no-freeze"};
  static constexpr auto exit_status =
      "0 the trader serves it, 3 unknown model or schedule, or nothing served before, 5 foreign contract or "
      "refused by the trader, 7 committed, but no trader answered, 8 damaged file";

  std::string model = "@previous";
  std::optional<std::string> schedule;
  std::optional<std::string> reason;
  std::optional<std::string> wait;
  bool freeze = true;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
