#pragma once

#include "cmd/command.h"

namespace ctt::cmd {

/// `ctt help [NOUN [VERB]]` and the topics `exit-codes`, `environment`, `json`, `config`, `errors`.
void declare_help(CLI::App& root, Commands& commands);

}  // namespace ctt::cmd
