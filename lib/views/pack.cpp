#include "views/pack.h"

namespace ctt::views {

void add_pack(base::JsonWriter& json, const store::PackRow& pack, std::string_view config) {
  json.field("id", pack.id)
      .field("name", pack.name)
      .field("description", pack.description)
      .raw_field("config", config);
  json.field("created_at", pack.created_at).field("updated_at", pack.updated_at);
}

training::Pack parsed_pack(const store::PackRow& pack) {
  return training::Pack::parse(pack.config, "pack " + pack.id);
}

}  // namespace ctt::views
