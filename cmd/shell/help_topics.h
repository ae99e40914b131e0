#pragma once

#include <ostream>

#include "cmd/shell/command.h"

namespace ctt::cmd {

/// `ctt help [NOUN [VERB]]` and the topics `exit-codes`, `environment`, `json`, `config`, `errors`, `schemes`.
void declare_help(CLI::App& root, Commands& commands);

/// Prints a help text; with `json` as the document `ctt.help/1` with `about` and `text`.
void print_help(std::ostream& out, const std::string& about, const std::string& text, bool json);

/// The topics beside the commands.
std::vector<std::string> help_topics();

/// The text of a topic; empty when there is none of that name.
std::string help_topic(const std::string& topic);

}  // namespace ctt::cmd
