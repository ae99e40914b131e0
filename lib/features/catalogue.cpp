#include "features/type.h"

namespace ctt::features {

namespace {

std::vector<Type> all_types() {
  std::vector<Type> types;
  for (auto&& family : {price_types(), oscillator_types(), spread_types(), volume_types()}) {
    types.insert(types.end(), family.begin(), family.end());
  }
  return types;
}

}  // namespace

const std::vector<Type>& types() {
  static const std::vector<Type> all = all_types();
  return all;
}

std::string catalogue_json() {
  base::JsonWriter json;
  json.array();
  for (const auto& type : types()) {
    json.object().field("type", type.name).field("name", type.name).field("description", type.description);
    json.field("columns", type.columns(Values(type.parameters)));
    json.key("params").array();
    for (const auto& parameter : type.parameters) parameter.describe(json);
    json.end().end();
  }
  return json.end().text();
}

}  // namespace ctt::features
