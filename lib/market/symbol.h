#pragma once

#include <string>
#include <string_view>

namespace ctt::market {

/// Whether a text names an instrument: `BTC/USD`, `BTC-PERP`, `BRK.B`. One part, or two with a slash
/// between; each begins with a letter or digit and goes on with those, dots, dashes and underscores; 32
/// characters at most. So a symbol is never a path that leads somewhere else.
bool is_symbol(std::string_view text);

/// The symbol. Throws Error(usage) that quotes what is none; `where` names what it belongs to.
std::string checked_symbol(const std::string& symbol, std::string_view where = {});

}  // namespace ctt::market
