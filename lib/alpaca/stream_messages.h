#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alpaca/credentials.h"
#include "market/candle.h"

namespace ctt::alpaca {

/// One item of what the data stream says.
struct StreamMessage {
  enum class Kind {
    connected,
    authenticated,
    subscription,  ///< `bars` and `updated_bars`: the whole state as the server sees it
    error,         ///< `code` and `text`
    minute,        ///< `symbol`, `candle`; `corrected` when it replaces one sent before
    other,         ///< nothing that we use
    damaged,       ///< `text` says what is wrong with it
  };
  Kind kind = Kind::other;
  int code = 0;
  std::string text;
  std::vector<std::string> bars;
  std::vector<std::string> updated_bars;
  std::string symbol;
  market::Candle candle;
  bool corrected = false;
};

/// The items of a message, in order. Fields and kinds that are not known are passed over; what is not
/// JSON, or lacks a field that it needs, is `damaged` and leaves the other items as they are.
std::vector<StreamMessage> parse_stream_message(std::string_view text);

/// What we say. The first holds both keys: it is for the connection alone.
std::string auth_message(const Credentials& credentials);
std::string subscribe_message(const std::vector<std::string>& symbols);

}  // namespace ctt::alpaca
