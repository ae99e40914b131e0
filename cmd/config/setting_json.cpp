#include "cmd/config/setting_json.h"

#include <algorithm>

#include "base/json.h"
#include "cmd/shell/settings.h"

namespace ctt::cmd {

std::string setting_json(std::string_view key, const std::string& text) {
  const auto& all = setting_definitions();
  const auto definition = std::ranges::find(all, key, &SettingDefinition::key);
  const auto allowed = definition == all.end() ? std::string_view("text") : definition->allowed;
  if (allowed == "bool") return text;
  base::JsonWriter json;
  if (allowed == "whole") return json.value(std::stoll(text)).text();
  if (allowed == "number") return json.value(std::stod(text)).text();
  return json.value(text).text();
}

}  // namespace ctt::cmd
