#include "market/symbol.h"

#include "base/error.h"

using namespace ctt;
using market::is_symbol;

TEST_CASE("a symbol has one part, or two with a slash between, and is no path") {
  for (const char* symbol : {"BTC/USD", "BTC-PERP", "BRK.B", "x", "1INCH/USD", "btc_usd"}) {
    CAPTURE(symbol);
    CHECK(is_symbol(symbol));
  }
  for (const char* other : {"", "/", "BTC/", "/USD", "BTC/USD/X", "../../etc/passwd", "..", ".hidden",
                            "BTC/..", "-rf", "BTC USD", "BTC/USD\n", "B\x1b[2J", "BTC/\xC3\x84"}) {
    CAPTURE(other);
    CHECK_FALSE(is_symbol(other));
  }
  CHECK(is_symbol(std::string(32, 'A')));
  CHECK_FALSE(is_symbol(std::string(33, 'A')));
  CHECK_THROWS_WITH_AS(market::checked_symbol("B\x1b[2J", "v7"),
                       "v7: \"B\\x1b[2J\" is no symbol; an example is BTC/USD", base::Error);
}
