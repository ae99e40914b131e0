#pragma once

#include <string>
#include <string_view>

namespace ctt::base {

/// The text with everything that a terminal would act on, and every byte that is no UTF-8, written as
/// `\x1b`: for what files, servers and people sent and a sentence quotes. Of a long text at most
/// `bytes_max` are kept, and `...` says so.
std::string printable(std::string_view text, std::size_t bytes_max = std::string_view::npos);

}  // namespace ctt::base
