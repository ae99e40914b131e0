#pragma once

#include <string>
#include <vector>

namespace ctt::cmd {

/// A fix as it can be copied. `ctt ...` in it stands for the command as it was typed (`typed`, the program's name
/// first); options named behind the dots take the place of those that were given.
///
///     completed("ctt ... --candles 200", {"ctt", "train", "--candles", "900"})  // ctt train --candles 200
std::string completed(const std::string& fix, const std::vector<std::string>& typed);

}  // namespace ctt::cmd
