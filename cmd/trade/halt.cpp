#include "cmd/trade/halt.h"

namespace ctt::cmd {

void TradeHalt::declare(CLI::App& app) { declare_verb(app, *this, true); }

int TradeHalt::run(Context& context) const { return set_halt(context, *this, true); }

}  // namespace ctt::cmd
