#include "alpaca/stream_messages.h"

#include "base/error.h"
#include "base/json.h"

namespace ctt::alpaca {

namespace {

StreamMessage damaged(const std::string& why) {
  StreamMessage message;
  message.kind = StreamMessage::Kind::damaged;
  message.text = why;
  return message;
}

// A channel that is not mentioned has no symbols.
std::vector<std::string> symbols(base::JsonObject& item, std::string_view channel) {
  std::vector<std::string> names;
  if (const auto list = item.find(channel)) {
    for (const auto& name : list->as_array()) names.push_back(name.as_string());
  }
  return names;
}

StreamMessage minute(base::JsonObject& item, bool corrected) {
  StreamMessage message;
  message.kind = StreamMessage::Kind::minute;
  message.corrected = corrected;
  message.symbol = item.string("S");
  // A fraction of a second would make it a bar off the grid; it must not be cut to fit.
  const auto open_time = base::parse_time(item.string("t"));
  auto& candle = message.candle;
  candle.open_time = std::chrono::floor<std::chrono::seconds>(open_time);
  if (candle.open_time != open_time) return damaged("a bar opens within a second");
  candle.open = item.number("o");
  candle.high = item.number("h");
  candle.low = item.number("l");
  candle.close = item.number("c");
  candle.volume = item.number("v");
  return message;
}

StreamMessage read_item(base::JsonObject item) {
  const auto kind = item.string("T");
  StreamMessage message;
  if (kind == "b" || kind == "u") return minute(item, kind == "u");
  if (kind == "success") {
    message.text = item.string("msg", "");
    if (message.text == "connected") message.kind = StreamMessage::Kind::connected;
    if (message.text == "authenticated") message.kind = StreamMessage::Kind::authenticated;
  } else if (kind == "subscription") {
    message.kind = StreamMessage::Kind::subscription;
    message.bars = symbols(item, "bars");
    message.updated_bars = symbols(item, "updatedBars");
  } else if (kind == "error") {
    message.kind = StreamMessage::Kind::error;
    message.code = static_cast<int>(item.integer("code"));
    message.text = item.string("msg", "");
  }
  return message;
}

}  // namespace

std::vector<StreamMessage> parse_stream_message(std::string_view text) {
  std::vector<StreamMessage> messages;
  try {
    for (const auto& item : base::JsonValue::parse(text, "a message of the stream").as_array()) {
      try {
        messages.push_back(read_item(item.as_object()));
      } catch (const base::Error& error) {
        messages.push_back(damaged(error.what()));
      }
    }
  } catch (const base::Error& error) {
    messages.push_back(damaged(error.what()));
  }
  return messages;
}

std::string auth_message(const Credentials& credentials) {
  base::JsonWriter json;
  json.object().field("action", "auth").field("key", credentials.key_id.reveal());
  return json.field("secret", credentials.secret_key.reveal()).end().text();
}

std::string subscribe_message(const std::vector<std::string>& symbols) {
  base::JsonWriter json;
  json.object().field("action", "subscribe").field("bars", symbols).field("updatedBars", symbols);
  return json.end().text();
}

}  // namespace ctt::alpaca
