#pragma once

#include <cstdint>

#include <CLI/CLI.hpp>

namespace ctt::cmd {

// Checks of options beside CLI11's: each says in words what it takes. What is not a number, or not a finite
// one, is refused; `nan` would pass comparisons that are to keep it out, and `inf` is no limit.

CLI::Validator not_negative();                                  ///< of a number
CLI::Validator positive();                                      ///< of a number
CLI::Validator between(double least, double most);              ///< of a number; both ends are taken
CLI::Validator whole(std::uint64_t least, std::uint64_t most);  ///< a whole number; both ends are taken
CLI::Validator cycle_number();  ///< a whole number from 1 on that 64 bits hold

}  // namespace ctt::cmd
