#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/time.h"

namespace ctt::base {

/// Builds one JSON text. Numbers that are not finite become null; keys stand in the order given.
///
///     JsonWriter json;
///     json.object().field("type", "candle").field("close", 101.5).key("bars").array();
///     json.end().end();            // ] }
///     json.text();
///
/// A copy goes on with the same text.
class JsonWriter {
 public:
  JsonWriter& object();
  JsonWriter& array();
  JsonWriter& end();  ///< closes the innermost object or array
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);
  JsonWriter& value(bool truth);
  JsonWriter& value(std::nullptr_t);
  JsonWriter& value(Instant instant);  ///< in RFC 3339, as `to_rfc3339` has it
  template <std::integral Int>
  requires(!std::same_as<Int, bool>) JsonWriter& value(Int number) {
    if constexpr (std::signed_integral<Int>) {
      out_->writer.Int64(number);
    } else {
      out_->writer.Uint64(number);
    }
    return *this;
  }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : value(nullptr);
  }
  template <class T>
  JsonWriter& value(const std::vector<T>& items) {
    array();
    for (const auto& item : items) value(item);
    return end();
  }
  /// A JSON text that is already there, written as it stands.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  JsonWriter& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }

  std::string text() const { return {out_->buffer.GetString(), out_->buffer.GetSize()}; }

 private:
  struct Output {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
    std::vector<bool> open_objects;
  };
  std::shared_ptr<Output> out_ = std::make_shared<Output>();
};

class JsonObject;

/// One value of a parsed document; keeps the document alive.
///
/// The `as_` readers throw Error(usage): `<where>: "lr" must be a number`.
class JsonValue {
 public:
  /// Parses a whole text. `where` names it in errors (a file, a pack). Duplicate keys, trailing
  /// text, NaN and comments are refused. Throws Error(usage) with line and column.
  static JsonValue parse(std::string_view text, std::string where);

  bool is_null() const;
  bool is_string() const;
  bool is_number() const;
  bool is_bool() const;
  bool is_array() const;
  bool is_object() const;

  double as_number() const;  ///< finite
  std::int64_t as_integer() const;
  bool as_bool() const;
  std::string as_string() const;
  std::vector<JsonValue> as_array() const;
  JsonObject as_object() const;

  /// The value written out again, keys in their order.
  std::string text() const;
  const std::string& where() const { return where_; }

 private:
  friend class JsonObject;
  JsonValue(std::shared_ptr<const rapidjson::Document> document, const rapidjson::Value* value,
            std::string where);
  [[noreturn]] void refuse(std::string_view wanted) const;

  std::shared_ptr<const rapidjson::Document> document_;
  const rapidjson::Value* value_;
  std::string where_;  ///< of this value: `pack quick: "model"."fcnet_hiddens"`
};

/// An object read key by key; `finish()` refuses every key that was not asked for, so no setting
/// is ignored.
class JsonObject {
 public:
  explicit JsonObject(JsonValue value);

  bool has(std::string_view key) const;
  /// The value, or nothing when the key is absent or null.
  std::optional<JsonValue> find(std::string_view key);
  /// The value. Throws Error(usage) when it is absent or null.
  JsonValue at(std::string_view key);

  double number(std::string_view key) { return at(key).as_number(); }
  double number(std::string_view key, double otherwise);
  std::int64_t integer(std::string_view key) { return at(key).as_integer(); }
  std::int64_t integer(std::string_view key, std::int64_t otherwise);
  bool boolean(std::string_view key, bool otherwise);
  std::string string(std::string_view key) { return at(key).as_string(); }
  std::string string(std::string_view key, std::string_view otherwise);

  std::vector<std::string> keys() const;
  /// Throws Error(usage) naming the first key nobody asked for, and the nearest one asked for.
  void finish() const;

  const std::string& where() const { return value_.where(); }

 private:
  JsonValue value_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace ctt::base
