#include "alpaca/bar_page.h"

#include <charconv>
#include <limits>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"

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

  bool StartObject() {
    if (skipping()) return enter();
    if (depth_ == 0) return enter();
    if (depth_ == 1 && field_ == Field::bars) return enter();
    if (depth_ == 3) {
      candle_ = {{}, kNothing, kNothing, kNothing, kNothing, kNothing};
      has_time_ = false;
      return enter();
    }
    return skip();
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
    if (depth_ == 0) return refuse("it is a list");
    return skip();
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
    if (depth_ == 2) is_ours_ = name == symbol_;
    if (depth_ == 4) member_ = name.size() == 1 ? name.front() : ' ';
    return true;
  }

  bool String(const char* text, SizeType length, bool) {
    if (skipping()) return true;
    const std::string_view content(text, length);
    if (depth_ == 0) return refuse("it is a text");
    if (depth_ == 1 && field_ == Field::token) {
      page_.token = content.empty() ? BarPage::Token::last : BarPage::Token::next;
      page_.next_page_token = content;
    }
    if (depth_ == 4 && member_ == 't') return take_time(content);
    if (depth_ == 4 && number() != nullptr) return refuse(fmt::format("\"{}\" of a bar is a text", member_));
    return true;
  }

  bool RawNumber(const char* text, SizeType length, bool) {
    if (skipping()) return true;
    if (depth_ == 0) return refuse("it is a number");
    if (depth_ != 4) return true;
    if (member_ == 't') return refuse("a bar's time is a number");
    if (auto* value = number()) std::from_chars(text, text + length, *value);
    return true;
  }

  bool Null() {
    if (skipping() || depth_ != 1) return true;
    if (field_ == Field::token) page_.token = BarPage::Token::last;
    if (field_ == Field::bars) page_.null_bars = true;
    return true;
  }

  bool Default() { return true; }

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
    auto time = base::plain_time(text);
    try {
      if (!time) time = std::chrono::floor<std::chrono::seconds>(base::parse_time(text));
    } catch (const base::Error&) {
      return refuse(fmt::format("\"{}\" is not a time", text.substr(0, 40)));
    }
    candle_.open_time = *time;
    has_time_ = true;
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
  const auto result = reader.Parse<kFlags>(stream, walk);
  if (!result.IsError()) return std::nullopt;
  if (!walk.problem.empty()) return walk.problem;
  return fmt::format("it is not JSON at byte {}: {}", result.Offset(),
                     rapidjson::GetParseError_En(result.Code()));
}

}  // namespace ctt::alpaca
