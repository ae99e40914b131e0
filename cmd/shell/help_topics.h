#pragma once

#include "cmd/shell/command.h"

namespace ctt::cmd {

/// `ctt help [NOUN [VERB]]` and the topics `exit-codes`, `environment`, `json`, `config`, `errors`.
void declare_help(CLI::App& root, Commands& commands);

/// The text of a topic; empty when there is none of that name.
std::string help_topic(const std::string& topic);

}  // namespace ctt::cmd
