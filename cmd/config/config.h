#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt config show`: the effective settings.
struct ConfigShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show the effective settings";
  static constexpr const char* examples[] = {"ctt config show --origin"};
  static constexpr auto exit_status = "0 shown";
  bool origin = false;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt config get KEY`.
struct ConfigGet {
  static constexpr auto name = "get";
  static constexpr auto summary = "Print one setting";
  static constexpr const char* examples[] = {"ctt config get learner.threads"};
  static constexpr auto exit_status = "0 printed, 2 unknown setting";
  std::string key;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt config set KEY VALUE`: in the config file of the state directory, or the user's.
struct ConfigSet {
  static constexpr auto name = "set";
  static constexpr auto summary = "Change one setting in the config file";
  static constexpr const char* examples[] = {"ctt config set learner.threads 2",
                                             "ctt config set trade.max_drawdown_pct 20"};
  static constexpr auto exit_status =
      "0 set or already so, 1 the file is not writable, 2 unknown setting or value";
  std::string key;
  std::string value;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt config path`: the files that settings are read from.
struct ConfigPath {
  static constexpr auto name = "path";
  static constexpr auto summary = "Print the files that settings are read from, highest first";
  static constexpr const char* examples[] = {"ctt config path"};
  static constexpr auto exit_status = "0 printed";
  void declare(CLI::App&) {}
  int run(Context& context) const;
};

/// `ctt config validate [FILE]`.
struct ConfigValidate {
  static constexpr auto name = "validate";
  static constexpr auto summary = "Check a config file, or all that are read";
  static constexpr const char* examples[] = {"ctt config validate", "ctt config validate ./ctt.toml"};
  static constexpr auto exit_status = "0 valid, 2 not valid, 3 no such file";
  std::optional<std::string> file;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
