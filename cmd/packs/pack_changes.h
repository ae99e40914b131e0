#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "store/packs.h"

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

/// Declares --set, --file and --description.
void declare_changes(CLI::App& app, PackChanges& changes);

/// `pack` with the changes made; its JSON is valid after this.
/// Throws Error(usage) for a setting that is unknown or out of range, Error(not_found) for no such file.
store::PackRow with_changes(store::PackRow pack, const PackChanges& changes);

/// Whether two packs mean the same, whatever their names are.
bool same_settings(const store::PackRow& a, const store::PackRow& b);

/// The pack as `ctt packs <verb>` answers with it: as JSON with what `more` adds, or as `sentence`.
void print_pack(Context& context, const char* verb, const store::PackRow& pack, const std::string& sentence,
                const std::function<void(base::JsonWriter&)>& more);

}  // namespace ctt::cmd
