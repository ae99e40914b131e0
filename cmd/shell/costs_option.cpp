#include "cmd/shell/costs_option.h"

namespace ctt::cmd {

CLI::Option* declare_costs(CLI::App& app, std::optional<std::string>& costs, const std::string& meaning) {
  return app
      .add_option("--costs", costs,
                  meaning + ": alpaca-tier1 .. alpaca-tier8, free, or commission=C,half_spread=H")
      ->type_name("COSTS");
}

}  // namespace ctt::cmd
