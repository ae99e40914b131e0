#pragma once

#include "cmd/shell/command.h"

namespace ctt::cmd {

/// Adds the hidden `man-source FILE`, from which the build makes the man pages: FILE is the hand-written
/// part of a page (man/ctt-schedule.1.scd), printed for scdoc with these lines replaced by what the tree
/// of commands and the tables of help know:
///
///     @SYNOPSIS@  @COMMANDS@   of the command that the file's name says; each verb with its options,
///                              exit status and examples
///     @INDEX@                  of ctt.1: every command with its summary
///     @SETTINGS@  @TOPIC name@ the settings, a topic of `ctt help`
void declare_man_source(CLI::App& root, Commands& commands);

}  // namespace ctt::cmd
