#pragma once

#include <string>
#include <vector>

#include "cmd/shell/command.h"

namespace ctt::cmd {

/// `ctt completion bash|zsh|fish`: the script that a shell reads. The scripts ask the hidden
/// command `ctt complete-words` for candidates, so there is one place that knows them.
struct Completion {
  static constexpr auto name = "completion";
  static constexpr auto summary = "Print a shell's completion script";
  static constexpr const char* examples[] = {"source <(ctt completion bash)",
                                             "ctt completion fish > ~/.config/fish/completions/ctt.fish"};
  static constexpr auto exit_status = "0 printed, 2 unknown shell";

  std::string shell;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// Adds `complete-words`, which prints what may follow the words given (the last one may be
/// begun): commands, options, settings, and names of schedules, datasets, packs, experiments and models.
void declare_complete_words(CLI::App& root, Commands& commands);

}  // namespace ctt::cmd
