#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// Where the settings of a pack come from when it is created or edited. In this order: another
/// pack, a file, single settings (`lr=0.001`, `model.fcnet_hiddens=[64,64]`, `grad_clip=null` to
/// take one out).
struct PackChanges {
  std::optional<std::string> from;
  std::optional<std::string> file;  ///< `-` is standard input
  std::vector<std::string> settings;
  std::optional<std::string> description;
};

/// `ctt packs list`.
struct PacksList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List hyper-parameter packs";
  static constexpr const char* examples[] = {"ctt packs list"};
  static constexpr auto exit_status = "0 listed";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

/// `ctt packs show PACK`: every setting, defaults marked.
struct PacksShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show every setting of a pack";
  static constexpr const char* examples[] = {"ctt packs show quick", "ctt packs show quick --json"};
  static constexpr auto exit_status = "0 shown, 3 unknown pack";

  std::string pack;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt packs create NAME`.
struct PacksCreate {
  static constexpr auto name = "create";
  static constexpr auto summary = "Create a pack";
  static constexpr const char* examples[] = {
      "ctt packs create mine --from standard --set lr=0.0001 --set model.fcnet_hiddens=[64,64]",
      "ctt packs create mine --file pack.json"};
  static constexpr auto exit_status =
      "0 created or already so, 2 a setting is unknown or out of range, 3 unknown pack or file, 5 the name "
      "is taken";

  std::string pack;
  PackChanges changes;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt packs edit PACK`. What experiments and schedules were made with stays as it is: a pack in
/// use is copied, and the copy is changed.
struct PacksEdit {
  static constexpr auto name = "edit";
  static constexpr auto summary = "Change settings of a pack; one that is in use is copied first";
  static constexpr const char* examples[] = {"ctt packs edit mine --set lr=0.0002",
                                             "ctt packs edit mine --set grad_clip=null"};
  static constexpr auto exit_status =
      "0 changed or already so, 2 a setting is unknown or out of range, 3 unknown pack or file";

  std::string pack;
  PackChanges changes;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt packs copy PACK NAME`.
struct PacksCopy {
  static constexpr auto name = "copy";
  static constexpr auto summary = "Copy a pack";
  static constexpr const char* examples[] = {"ctt packs copy standard mine"};
  static constexpr auto exit_status = "0 copied, 3 unknown pack, 5 the name is taken";

  std::string pack;
  std::string copy;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt packs delete PACK`.
struct PacksDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary = "Delete a pack that no schedule uses";
  static constexpr const char* examples[] = {"ctt packs delete mine --yes"};
  static constexpr auto exit_status =
      "0 deleted or kept on request, 2 nobody is here to confirm, 3 unknown pack, 5 a schedule uses it";

  std::string pack;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt packs diff A B`: the settings in which two packs differ, defaults filled in.
struct PacksDiff {
  static constexpr auto name = "diff";
  static constexpr auto summary = "Show the settings in which two packs differ";
  static constexpr const char* examples[] = {"ctt packs diff quick standard"};
  static constexpr auto exit_status = "0 shown, 3 unknown pack";

  std::string left;
  std::string right;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt packs validate [PACK]`: one pack, a file, or every stored pack.
struct PacksValidate {
  static constexpr auto name = "validate";
  static constexpr auto summary = "Check a pack, a file, or every stored pack";
  static constexpr const char* examples[] = {"ctt packs validate", "ctt packs validate --file pack.json"};
  static constexpr auto exit_status =
      "0 valid, 2 a setting is unknown or out of range, 3 unknown pack or file";

  std::optional<std::string> pack;
  std::optional<std::string> file;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
