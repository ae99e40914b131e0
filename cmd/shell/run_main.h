#pragma once

#include <functional>

#include "cmd/shell/command.h"

namespace ctt::cmd {

/// The whole of a main program: parses, runs the command, prints what failed, and maps it to the
/// exit status. `declare` fills the tree of commands.
int run_main(int argc, char** argv, const std::function<void(CLI::App& root, Commands& commands)>& declare);

}  // namespace ctt::cmd
