#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// What help says about a command besides its options.
struct CommandNotes {
  std::vector<std::string> examples;  ///< whole command lines
  std::string exit_status;            ///< `0 done, 3 unknown schedule`
};

/// The tree of commands: one table that feeds parsing, help, completion and the man pages.
///
/// A command is a struct with `name`, `summary`, `examples`, `exit_status`, `declare(CLI::App&)`
/// and `int run(Context&) const`; tests fill the struct and call `run` without parsing.
class Commands {
 public:
  explicit Commands(CLI::App& root) : root_(root) {}

  /// A noun that holds verbs.
  CLI::App& group(const std::string& name, const std::string& summary);

  template <class Command>
  Command& add(CLI::App& parent) {
    auto command = std::make_shared<Command>();
    CLI::App& app = *parent.add_subcommand(Command::name, Command::summary);
    app.fallthrough();
    command->declare(app);
    notes_[&app] = {{std::begin(Command::examples), std::end(Command::examples)},
                    std::string(Command::exit_status)};
    runs_[&app] = [command](Context& context) { return command->run(context); };
    return *command;
  }

  /// What the parsed command line asks for, or nothing when it stops at a noun.
  std::function<int(Context&)> chosen() const;
  /// The innermost command that was named.
  CLI::App& innermost() const;

  const CommandNotes* notes(const CLI::App* app) const;
  CLI::App& root() const { return root_; }

  /// `root noun verb`, found by words; nullptr when there is none.
  CLI::App* find(const std::vector<std::string>& words) const;

 private:
  CLI::App& root_;
  std::map<const CLI::App*, CommandNotes> notes_;
  std::map<const CLI::App*, std::function<int(Context&)>> runs_;
};

/// Help of one command: examples first, then usage, options, verbs and exit status.
std::string help_of(const Commands& commands, const CLI::App& app);

/// The words that name a command: `ctt schedule start`.
std::string path_of(const CLI::App& app);

/// Names of the visible subcommands of `app`, in their order.
std::vector<const CLI::App*> verbs_of(const CLI::App& app);

}  // namespace ctt::cmd
