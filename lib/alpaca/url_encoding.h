#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ctt::alpaca {

/// `?symbols=BTC%2FUSD&limit=5` of names and values, or nothing of nothing.
std::string query_text(const std::vector<std::pair<std::string, std::string>>& parameters);

/// One part of a path or query, encoded.
std::string percent_encoded(std::string_view text);

}  // namespace ctt::alpaca
