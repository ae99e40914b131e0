#include "cmd/packs/validate.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/output.h"
#include "store/packs.h"
#include "training/pack.h"
#include "views/pack.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void PacksValidate::declare(CLI::App& app) {
  auto* which = app.add_option("PACK", pack, "which one; default: every stored pack");
  app.add_option("--file", file, "a file with a pack's JSON; - is standard input")
      ->excludes(which)
      ->type_name("FILE|-");
}

int PacksValidate::run(Context& context) const {
  if (pack && file) throw Error(Failure::usage, "a pack and a --file are two things to check; give one");
  std::vector<std::string> valid;
  if (file) {
    training::Pack::parse(read_input(*file), *file == "-" ? "standard input" : *file);
    valid.push_back(*file);
  } else {
    auto& database = context.readable_database();
    const auto packs = pack ? std::vector{store::packs::get(database, *pack)} : store::packs::list(database);
    for (const auto& found : packs) {
      static_cast<void>(views::parsed_pack(found));
      valid.push_back(found.id);
    }
  }
  if (context.json()) {
    context.print_json(document("packs.validate").field("valid", true).field("items", valid).end());
  } else {
    context.say(fmt::format("ok: {}", fmt::join(valid, ", ")));
  }
  return 0;
}

}  // namespace ctt::cmd
