#include "base/printable.h"

using ctt::base::printable;
using namespace std::string_view_literals;

TEST_CASE("what a terminal would act on is written out, every other text stays as it is") {
  CHECK(printable("BTC/USD, 12 \xE2\x82\xAC") == "BTC/USD, 12 \xE2\x82\xAC");
  CHECK(printable("\x1b[2J\x1b]0;title\a") == "\\x1b[2J\\x1b]0;title\\x07");
  CHECK(printable("a\r\nb\0c\x7f"sv) == "a\\x0d\\x0ab\\x00c\\x7f");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\xc2\\x9b31m");  // the one-character form of ESC [
}

TEST_CASE("bytes that are no UTF-8 are written out, and a long text is cut between characters") {
  CHECK(printable("\xFF\xC3(\xE2\x82") == "\\xff\\xc3(\\xe2\\x82");
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdef", 4) == "abcd...");
  CHECK(printable("ab\xE2\x82\xAC", 4) == "ab...");
}

TEST_CASE("characters of one to four bytes stay, and what only looks like one does not") {
  CHECK(printable("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(printable("\x80") == "\\x80");           // goes on with nothing
  CHECK(printable("\xC0\xAF") == "\\xc0\\xaf");  // overlong by its lead
  CHECK(printable("\xF5\x80\x80\x80") == "\\xf5\\x80\\x80\\x80");
  CHECK(printable("\xF0\x9F\x98") == "\\xf0\\x9f\\x98");  // broken off
  CHECK(printable("") == "");
  CHECK(printable("abc", 0) == "...");
}
