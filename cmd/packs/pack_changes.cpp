#include "cmd/packs/pack_changes.h"

#include <functional>

#include <fmt/format.h>

#include "cmd/shell/output.h"
#include "store/packs.h"
#include "training/pack.h"
#include "training/pack_settings.h"
#include "views/pack.h"

namespace ctt::cmd {

void declare_changes(CLI::App& app, PackChanges& changes) {
  app.add_option("--set", changes.settings,
                 "a setting, key=value, nested keys with dots, null takes it out; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  app.add_option("--file", changes.file, "take the settings from this JSON file; - is standard input")
      ->type_name("FILE|-");
  app.add_option("--description", changes.description, "what it is for")->type_name("TEXT");
}

store::PackRow with_changes(store::PackRow pack, const PackChanges& changes) {
  auto where = "pack " + pack.id;
  if (changes.file) {
    pack.config = read_input(*changes.file);
    if (changes.settings.empty()) where = *changes.file == "-" ? "standard input" : *changes.file;
  }
  pack.config = training::with_settings(pack.config, changes.settings, where);
  if (changes.description) pack.description = *changes.description;
  training::Pack::parse(pack.config, where);
  return pack;
}

bool same_settings(const store::PackRow& a, const store::PackRow& b) {
  return a.description == b.description && views::parsed_pack(a).trains_like(views::parsed_pack(b));
}

void print_pack(Context& context, const char* verb, const store::PackRow& pack, const std::string& sentence,
                const std::function<void(base::JsonWriter&)>& more) {
  if (!context.json()) {
    context.say(sentence);
    return;
  }
  auto json = document(fmt::format("packs.{}", verb));
  views::add_pack(json, pack, pack.config);
  more(json);
  context.print_json(json.end());
}

}  // namespace ctt::cmd
