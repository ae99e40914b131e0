#include "base/json.h"

#include <algorithm>

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>

#include "base/error.h"

namespace ctt::base {

JsonWriter& JsonWriter::object() {
  out_->writer.StartObject();
  out_->open_objects.push_back(true);
  return *this;
}

JsonWriter& JsonWriter::array() {
  out_->writer.StartArray();
  out_->open_objects.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end() {
  const bool is_object = out_->open_objects.back();
  out_->open_objects.pop_back();
  if (is_object) {
    out_->writer.EndObject();
  } else {
    out_->writer.EndArray();
  }
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  out_->writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  out_->writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (std::isfinite(number)) {
    out_->writer.Double(number);
  } else {
    out_->writer.Null();
  }
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
  out_->writer.Bool(truth);
  return *this;
}

JsonWriter& JsonWriter::value(std::nullptr_t) {
  out_->writer.Null();
  return *this;
}

JsonWriter& JsonWriter::value(Instant instant) { return value(to_rfc3339(instant)); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  // A document is one line. Inside of strings there is no end of line to take out.
  std::string line;
  line.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] != '\n') {
      line += json[i];
    } else {
      while (i + 1 < json.size() && json[i + 1] == ' ') ++i;
    }
  }
  out_->writer.RawValue(line.data(), line.size(), rapidjson::kObjectType);
  return *this;
}

namespace {

constexpr int kDepthMax = 64;

void refuse_duplicate_keys(const rapidjson::Value& value, const std::string& where, int depth = 0) {
  if (depth > kDepthMax)
    throw Error(Failure::usage, fmt::format("{} is nested deeper than {} levels", where, kDepthMax));
  if (value.IsArray()) {
    for (const auto& item : value.GetArray()) refuse_duplicate_keys(item, where, depth + 1);
  }
  if (!value.IsObject()) return;
  std::set<std::string_view> seen;
  for (const auto& member : value.GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    if (!seen.insert(name).second) {
      throw Error(Failure::usage, fmt::format("{}: the key \"{}\" stands twice", where, name));
    }
    refuse_duplicate_keys(member.value, where, depth + 1);
  }
}

// Of UTF-8, whole or broken off, or of UTF-16: no JSON begins with one of these bytes.
bool begins_with_byte_order_mark(std::string_view text) {
  return text.starts_with('\xEF') || text.starts_with('\xFE') || text.starts_with('\xFF');
}

std::string place(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return fmt::format("line {}, column {}", line, column);
}

}  // namespace

JsonValue::JsonValue(std::shared_ptr<const rapidjson::Document> document, const rapidjson::Value* value,
                     std::string where)
    : document_(std::move(document)), value_(value), where_(std::move(where)) {}

JsonValue JsonValue::parse(std::string_view text, std::string where) {
  if (begins_with_byte_order_mark(text)) {
    throw Error(Failure::usage,
                fmt::format("{} begins with a byte order mark, which JSON must not have; save it as UTF-8 "
                            "without one",
                            where));
  }
  auto document = std::make_shared<rapidjson::Document>();
  rapidjson::MemoryStream stream(text.data(), text.size());
  // Iterative, so that a deeply nested text cannot exhaust the stack before the depth check below.
  document->ParseStream<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag |
                        rapidjson::kParseValidateEncodingFlag>(stream);
  auto code = document->GetParseError();
  auto offset = document->GetErrorOffset();
  // The parser takes a zero byte for the end of the text; the end is where the text ends.
  if (!document->HasParseError() && stream.Tell() != text.size()) {
    code = rapidjson::kParseErrorDocumentRootNotSingular;
    offset = stream.Tell();
  }
  if (code != rapidjson::kParseErrorNone) {
    std::string reason = rapidjson::GetParseError_En(code);
    while (reason.ends_with('.')) reason.pop_back();
    throw Error(Failure::usage, fmt::format("{} is not JSON at {}: {}", where, place(text, offset), reason));
  }
  refuse_duplicate_keys(*document, where);
  const rapidjson::Value* root = document.get();
  return {std::move(document), root, std::move(where)};
}

bool JsonValue::is_null() const { return value_->IsNull(); }
bool JsonValue::is_string() const { return value_->IsString(); }
bool JsonValue::is_number() const { return value_->IsNumber(); }
bool JsonValue::is_bool() const { return value_->IsBool(); }
bool JsonValue::is_array() const { return value_->IsArray(); }
bool JsonValue::is_object() const { return value_->IsObject(); }

void JsonValue::refuse(std::string_view wanted) const {
  throw Error(Failure::usage, fmt::format("{} must be {}, not {}", where_, wanted, text().substr(0, 60)));
}

double JsonValue::as_number() const {
  if (!value_->IsNumber() || !std::isfinite(value_->GetDouble())) refuse("a number");
  return value_->GetDouble();
}

std::int64_t JsonValue::as_integer() const {
  if (value_->IsInt64()) return value_->GetInt64();
  // 5e3 is a whole number too.
  if (value_->IsNumber() && std::abs(value_->GetDouble()) < 9e15 &&
      std::trunc(value_->GetDouble()) == value_->GetDouble()) {
    return static_cast<std::int64_t>(value_->GetDouble());
  }
  refuse("a whole number");
}

bool JsonValue::as_bool() const {
  if (!value_->IsBool()) refuse("true or false");
  return value_->GetBool();
}

std::string JsonValue::as_string() const {
  if (!value_->IsString()) refuse("a text");
  return {value_->GetString(), value_->GetStringLength()};
}

std::vector<JsonValue> JsonValue::as_array() const {
  if (!value_->IsArray()) refuse("a list");
  std::vector<JsonValue> items;
  for (const auto& item : value_->GetArray()) {
    items.push_back({document_, &item, fmt::format("{}[{}]", where_, items.size())});
  }
  return items;
}

JsonObject JsonValue::as_object() const {
  if (!value_->IsObject()) refuse("an object");
  return JsonObject(*this);
}

std::string JsonValue::text() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value_->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

JsonObject::JsonObject(JsonValue value) : value_(std::move(value)) {}

bool JsonObject::has(std::string_view key) const {
  const rapidjson::Value name(rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size())));
  return value_.value_->HasMember(name);
}

std::optional<JsonValue> JsonObject::find(std::string_view key) {
  asked_.emplace(key);
  const rapidjson::Value name(rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size())));
  const auto member = value_.value_->FindMember(name);
  if (member == value_.value_->MemberEnd() || member->value.IsNull()) return std::nullopt;
  return JsonValue(value_.document_, &member->value, fmt::format("{}: \"{}\"", value_.where(), key));
}

JsonValue JsonObject::at(std::string_view key) {
  auto value = find(key);
  if (!value) throw Error(Failure::usage, fmt::format("{}: \"{}\" is missing", value_.where(), key));
  return *value;
}

double JsonObject::number(std::string_view key, double otherwise) {
  const auto value = find(key);
  return value ? value->as_number() : otherwise;
}

std::int64_t JsonObject::integer(std::string_view key, std::int64_t otherwise) {
  const auto value = find(key);
  return value ? value->as_integer() : otherwise;
}

bool JsonObject::boolean(std::string_view key, bool otherwise) {
  const auto value = find(key);
  return value ? value->as_bool() : otherwise;
}

std::string JsonObject::string(std::string_view key, std::string_view otherwise) {
  const auto value = find(key);
  return value ? value->as_string() : std::string(otherwise);
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> names;
  for (const auto& member : value_.value_->GetObject()) {
    names.emplace_back(member.name.GetString(), member.name.GetStringLength());
  }
  return names;
}

void JsonObject::finish() const {
  for (const auto& name : keys()) {
    if (asked_.contains(name)) continue;
    throw Error(Failure::usage, fmt::format("{}: unknown key \"{}\"{}", value_.where(), name,
                                            did_you_mean(name, {asked_.begin(), asked_.end()})));
  }
}

}  // namespace ctt::base
