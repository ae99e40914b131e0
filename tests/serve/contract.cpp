#include "contract.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include "base/json.h"
#include "serve/openapi.h"

namespace ctt::serve {

namespace {

std::string schema_for(const std::string& name) {
  const auto reference = [](const std::string& of) {
    return fmt::format(R"({{"$ref":"#/components/schemas/{}"}})", of);
  };
  if (name.ends_with("[]"))
    return fmt::format(R"({{"type":"array","items":{}}})", reference(name.substr(0, name.size() - 2)));
  if (name.starts_with("items:")) {
    return fmt::format(
        R"({{"type":"object","required":["items"],"properties":{{"items":{{"type":"array","items":{}}}}}}})",
        reference(name.substr(6)));
  }
  return reference(name);
}

std::string text(const rapidjson::Pointer& pointer) {
  rapidjson::StringBuffer buffer;
  pointer.StringifyUriFragment(buffer);
  return buffer.GetString();
}

}  // namespace

std::string breach(const std::string& json, const std::string& schema) {
  auto contract = base::JsonValue::parse(openapi(), "the contract").as_object();
  base::JsonWriter whole;
  whole.object().key("allOf").array().raw(schema_for(schema)).end();
  whole.raw_field("components", contract.at("components").text()).end();
  rapidjson::Document document, answer;
  document.Parse(whole.text().c_str());
  answer.Parse(json.c_str());
  if (answer.HasParseError()) return "no JSON: " + json;
  const rapidjson::SchemaDocument checked(document);
  rapidjson::SchemaValidator validator(checked);
  if (answer.Accept(validator)) return "";
  return fmt::format("{} breaks {} at {} in {}", text(validator.GetInvalidDocumentPointer()),
                     validator.GetInvalidSchemaKeyword(), text(validator.GetInvalidSchemaPointer()), json);
}

}  // namespace ctt::serve
