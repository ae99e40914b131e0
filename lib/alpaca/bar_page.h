#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/candle.h"

namespace ctt::alpaca {

/// One page of an answer about bars.
struct BarPage {
  enum class Token { next, last, absent };

  std::vector<market::Candle> candles;  ///< in the answer's order; `null` or a missing price is not-a-number
  Token token = Token::absent;          ///< absent: the member is not there, as it should be
  std::string next_page_token;          ///< of Token::next
  bool null_bars = false;               ///< `"bars":null`: nothing, or nothing that the server would show

  /// Reads `{"bars":{"BTC/USD":[{"t":...,"o":...}]},"next_page_token":null}` into this page, whose
  /// memory is used again. Rows of other symbols beside ours, members it does not know, and null where
  /// a list belongs are passed over. What is not of this shape is another answer, not one without bars:
  /// one that has no `bars` or only those of other symbols, something else where an object, a list or a
  /// number belongs, bytes behind its end. The text is changed. Returns why it cannot be read, or nothing.
  std::optional<std::string> read(std::string& text, std::string_view symbol);
};

}  // namespace ctt::alpaca
