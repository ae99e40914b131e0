#include "cmd/trade/resume.h"

namespace ctt::cmd {

void TradeResume::declare(CLI::App& app) { declare_verb(app, *this, false); }

int TradeResume::run(Context& context) const { return set_halt(context, *this, false); }

}  // namespace ctt::cmd
