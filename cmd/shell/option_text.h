#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace ctt::cmd {

/// One option or argument in words, as help and the man pages print it.
struct OptionText {
  std::string names;        ///< `-q,--quiet`, `--interval`; of an argument: `NAME`
  std::string type;         ///< `DUR`; empty for flags and arguments
  std::string description;  ///< with its default, and that it is required
};

/// CLI11's own spelling without what it says about checks and negated flags.
OptionText text_of(const CLI::Option& option);

}  // namespace ctt::cmd
