#include "training/pack_settings.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"

namespace ctt::training {

using base::Error;
using base::Failure;
using rapidjson::Value;

namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> keys(1);
  for (const char c : path) {
    if (c == '.') {
      keys.emplace_back();
    } else {
      keys.back() += c;
    }
  }
  return keys;
}

// A JSON value, or the text as it stands.
Value value_of(const std::string& text, rapidjson::Document::AllocatorType& memory) {
  rapidjson::Document parsed(&memory);
  parsed.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(text.c_str());
  if (!parsed.HasParseError()) return Value(parsed, memory);
  return {text.c_str(), static_cast<rapidjson::SizeType>(text.size()), memory};
}

void apply(rapidjson::Document& document, const std::string& setting) {
  const auto equals = setting.find('=');
  const auto keys = split(setting.substr(0, equals));
  if (equals == std::string::npos || std::ranges::find(keys, "") != keys.end()) {
    throw Error(
        Failure::usage,
        fmt::format(
            "\"{}\" is no setting; it is written key=value, as in lr=0.001 or model.fcnet_hiddens=[64,64]",
            setting));
  }
  auto& memory = document.GetAllocator();
  auto value = value_of(setting.substr(equals + 1), memory);
  Value* object = &document;
  for (std::size_t depth = 0; depth < keys.size(); ++depth) {
    if (!object->IsObject()) {
      throw Error(Failure::usage, fmt::format("{}: \"{}\" has no settings in it", setting, keys[depth - 1]));
    }
    const Value key(keys[depth].c_str(), memory);
    const bool last = depth + 1 == keys.size();
    if (last && value.IsNull()) {
      object->RemoveMember(key);
      return;
    }
    if (!object->HasMember(key))
      object->AddMember(Value(key, memory), last ? Value() : Value(rapidjson::kObjectType), memory);
    object = &(*object)[key];
  }
  *object = value;
}

void flatten(const base::JsonValue& value, const std::string& path,
             std::vector<std::pair<std::string, std::string>>& leaves) {
  if (!value.is_object()) {
    leaves.emplace_back(path, value.text());
    return;
  }
  auto object = value.as_object();
  for (const auto& key : object.keys()) {
    const auto inner = object.find(key);
    if (inner) flatten(*inner, path.empty() ? key : path + "." + key, leaves);
  }
}

}  // namespace

std::string with_settings(const std::string& config, const std::vector<std::string>& settings,
                          const std::string& where) {
  // Read once by our own reader, for its sentences about what is no JSON.
  static_cast<void>(base::JsonValue::parse(config, where).as_object());
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag>(config.c_str());
  for (const auto& setting : settings) apply(document, setting);
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  document.Accept(writer);
  return text.GetString();
}

std::vector<std::pair<std::string, std::string>> flattened(const std::string& config) {
  std::vector<std::pair<std::string, std::string>> leaves;
  flatten(base::JsonValue::parse(config, "pack"), "", leaves);
  return leaves;
}

}  // namespace ctt::training
