#include "alpaca/bar_page.h"

#include <charconv>
#include <limits>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"

namespace ctt::alpaca {

namespace {

using market::Candle;
using rapidjson::SizeType;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// Walks the text once. Where it stands is a depth: 1 the answer, 2 the map of symbols, 3 a list of
// bars, 4 a bar; what lies deeper or beside is passed over.
class Walk : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Walk> {
 public:
  Walk(BarPage& page, std::string_view symbol) : page_(page), symbol_(symbol) {}

  std::string problem;

  /// What is wrong with the whole, once it was read.
  std::string missing() const {
    if (!has_bars_) return "it has no bars";
    if (!has_ours_ && !other_symbol_.empty())
      return fmt::format("it is about {}, not about {}", base::printable(other_symbol_, 40), symbol_);
    return {};
  }

  bool StartObject() {
    if (skipping()) return enter();
    if (depth_ == 0) return enter();
    if (depth_ == 1 && field_ == Field::bars) {
      has_bars_ = true;
      return enter();
    }
    if (depth_ == 3) {
      candle_ = {{}, kNothing, kNothing, kNothing, kNothing, kNothing};
      has_time_ = false;
      return enter();
    }
    return fits("an object") && skip();
  }

  bool EndObject(SizeType) {
    if (leave_skipped()) return true;
    --depth_;
    if (depth_ != 3) return true;
    if (!has_time_) return refuse("a bar has no time");
    page_.candles.push_back(candle_);
    return true;
  }

  bool StartArray() {
    if (skipping()) return enter();
    if (depth_ == 2 && is_ours_) return enter();
    if (depth_ == 2) return skip();
    return fits("a list") && skip();
  }

  bool EndArray(SizeType) {
    if (!leave_skipped()) --depth_;
    return true;
  }

  bool Key(const char* text, SizeType length, bool) {
    if (skipping()) return true;
    const std::string_view name(text, length);
    if (depth_ == 1)
      field_ = name == "bars" ? Field::bars : name == "next_page_token" ? Field::token : Field::none;
    if (depth_ == 2) {
      is_ours_ = name == symbol_;
      if (is_ours_) has_ours_ = true;
      if (!is_ours_) other_symbol_ = name;
    }
    if (depth_ == 4) member_ = name.size() == 1 ? name.front() : ' ';
    return true;
  }

  bool String(const char* text, SizeType length, bool) {
    if (skipping()) return true;
    const std::string_view content(text, length);
    if (depth_ == 1 && field_ == Field::token) {
      page_.token = content.empty() ? BarPage::Token::last : BarPage::Token::next;
      page_.next_page_token = content;
      return true;
    }
    if (depth_ == 4 && member_ == 't') return take_time(content);
    return fits("a text");
  }

  bool RawNumber(const char* text, SizeType length, bool) {
    if (skipping()) return true;
    auto* value = depth_ == 4 ? number() : nullptr;
    if (value == nullptr) return fits("a number");
    std::from_chars(text, text + length, *value);
    return true;
  }

  bool Null() {
    if (skipping()) return true;
    if (depth_ == 0 || depth_ == 3) return fits("null");
    if (depth_ == 1 && field_ == Field::token) page_.token = BarPage::Token::last;
    if (depth_ == 1 && field_ == Field::bars) has_bars_ = page_.null_bars = true;
    return true;
  }

  bool Bool(bool) { return skipping() || fits("true or false"); }

 private:
  enum class Field { none, bars, token };

  // The number that the bar's member stands for; nothing for those that are not kept (n, vw).
  double* number() {
    switch (member_) {
      case 'o':
        return &candle_.open;
      case 'h':
        return &candle_.high;
      case 'l':
        return &candle_.low;
      case 'c':
        return &candle_.close;
      case 'v':
        return &candle_.volume;
      default:
        return nullptr;
    }
  }

  bool take_time(std::string_view text) {
    base::Instant time;
    try {
      time = base::parse_time(text);
    } catch (const base::Error&) {
      return refuse(fmt::format("\"{}\" is not a time", base::printable(text, 40)));
    }
    candle_.open_time = std::chrono::floor<std::chrono::seconds>(time);
    // A fraction of a second would make it a bar off the grid; it must not be cut to fit.
    if (candle_.open_time != time) return refuse("a bar opens within a second");
    has_time_ = true;
    return true;
  }

  // Whether such a value may stand here and be passed over; where a shape is expected it is another
  // answer than the one that was asked for.
  bool fits(std::string_view kind) {
    if (depth_ == 0) return refuse(fmt::format("it is {}", kind));
    if (depth_ == 1 && field_ == Field::bars) return refuse(fmt::format("its bars are {}", kind));
    if (depth_ == 1 && field_ == Field::token) return refuse(fmt::format("its next_page_token is {}", kind));
    if (depth_ == 2) return refuse(fmt::format("the bars of a symbol are {}", kind));
    if (depth_ == 3) return refuse(fmt::format("a bar is {}", kind));
    if (depth_ == 4 && (member_ == 't' || number() != nullptr))
      return refuse(fmt::format("\"{}\" of a bar is {}", member_, kind));
    return true;
  }

  bool skipping() const { return skipped_ > 0; }
  bool enter() {
    ++(skipping() ? skipped_ : depth_);
    return true;
  }
  bool skip() {
    ++skipped_;
    return true;
  }
  bool leave_skipped() {
    if (!skipping()) return false;
    --skipped_;
    return true;
  }
  bool refuse(std::string reason) {
    problem = std::move(reason);
    return false;
  }

  BarPage& page_;
  std::string_view symbol_;
  int depth_ = 0;
  int skipped_ = 0;  // levels below something that is passed over
  Field field_ = Field::none;
  bool has_bars_ = false;
  bool has_ours_ = false;
  std::string other_symbol_;  // of the answer, not the one asked for
  bool is_ours_ = false;
  char member_ = ' ';
  Candle candle_;
  bool has_time_ = false;
};

}  // namespace

std::optional<std::string> BarPage::read(std::string& text, std::string_view symbol) {
  candles.clear();
  token = Token::absent;
  null_bars = false;
  next_page_token.clear();
  // Numbers come as their text: from_chars reads it faster than RapidJSON, and to the last bit.
  constexpr unsigned kFlags =
      rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
  rapidjson::InsituStringStream stream(text.data());
  rapidjson::Reader reader;
  Walk walk(*this, symbol);
  const auto size = text.size();
  const auto result = reader.Parse<kFlags>(stream, walk);
  if (!walk.problem.empty()) return walk.problem;
  if (result.IsError())
    return fmt::format("it is not JSON at byte {}: {}", result.Offset(),
                       rapidjson::GetParseError_En(result.Code()));
  // The parser takes a zero byte for the end of the text.
  if (stream.Tell() != size) return fmt::format("it is not JSON at byte {}: a zero byte", stream.Tell());
  auto missing = walk.missing();
  return missing.empty() ? std::nullopt : std::optional(std::move(missing));
}

}  // namespace ctt::alpaca
