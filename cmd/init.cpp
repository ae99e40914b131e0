#include "cmd/init.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/shell/system_account.h"
#include "store/seeds.h"
#include "store/transaction.h"
#include "training/seeded_packs.h"

namespace ctt::cmd {

std::size_t Init::prepare(const base::Home& home, base::Instant now) {
  home.create();
  store::Database database(home.database());
  std::vector<store::PackRow> packs;
  for (const auto& pack : training::seeded_packs()) {
    packs.push_back(
        {.id = pack.id, .name = pack.name, .description = pack.description, .config = pack.config});
  }
  store::Transaction change(database);
  const auto added = store::seed(change, packs, store::seeded_datasets(), now);
  change.commit();
  return added;
}

void Init::declare(CLI::App& app) {
  app.add_flag("--system", system, "as root: /var/lib/ctt, where the system's units keep their state");
}

int Init::run(Context& context) const {
  const auto home = system ? base::Home{kSystemHome} : context.home;
  const bool existed = base::is_there(home.database());
  if (context.globals.dry_run)
    return context.would(fmt::format("{} {}", existed ? "bring up to date" : "create", home.root.string()));
  if (system && context.settings.at("home").origin != "default" && context.home.root != kSystemHome) {
    throw base::Error(base::Failure::usage,
                      fmt::format("the system's state is in {}, and {} says {}", kSystemHome,
                                  context.settings.at("home").origin, context.home.root.string()))
        .fix("ctt init");
  }
  if (system) prepare_system();
  const auto added = prepare(home, context.now());
  if (context.json()) {
    context.print_json(document("init")
                           .field("home", home.root.string())
                           .field("created", !existed)
                           .field("seeded", added)
                           .end());
    return 0;
  }
  if (existed && added == 0) {
    context.say(fmt::format("{} is already there, with everything it needs.", home.root.string()));
    return 0;
  }
  if (system) {
    context.say(fmt::format("{} {}. From here on, as the account {}: sudo -u {} ctt help",
                            existed ? "Brought up to date" : "Created", home.root.string(), kSystemAccount,
                            kSystemAccount));
    return 0;
  }
  context.say(fmt::format(
      "{} {}: database, {} packs and datasets.\n"
      "Next:\n"
      "  ctt datasets create demo --source synthetic --seed 7 --candles 5000 --timeframe 1h\n"
      "  ctt train --dataset demo --pack quick --name base\n"
      "  ctt schedule start --name demo --base base --dataset demo --pack quick --interval 6h --window 1000\n"
      "  ctt cycle run --now",
      existed ? "Brought up to date" : "Created", home.root.string(), added));
  return 0;
}

}  // namespace ctt::cmd
