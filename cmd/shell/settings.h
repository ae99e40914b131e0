#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/parameter.h"

namespace ctt::cmd {

/// One setting ctt knows: its key in files (`learner.threads`), its variable (`CTT_LEARNER_THREADS`).
struct SettingDefinition {
  std::string key;
  std::string default_value;
  std::string allowed;  ///< words with |, or `text`, `duration`, `number`, `whole`, `bool`, `path`
  std::string help;
  base::Range range = {};  ///< of a `number` or `whole`
};

const std::vector<SettingDefinition>& setting_definitions();

/// The effective settings and where each came from. Precedence, highest first: flag, environment,
/// `./ctt.toml`, the user's (or the state directory's) config file, `/etc/ctt/config.toml`, default.
class Settings {
 public:
  struct Value {
    std::string text;
    std::string origin;  ///< `default`, `flag --home`, `CTT_HOME`, `/etc/ctt/config.toml:3`
  };

  /// `flags` holds what was given on the command line by key; `config_file` replaces the files that
  /// are looked for. Throws Error(usage) for an unknown key or a value that is not allowed.
  static Settings resolve(const std::map<std::string, std::string>& flags,
                          const std::optional<std::filesystem::path>& config_file);

  /// One file by itself, over the defaults. Throws Error(usage).
  static Settings of_file(const std::filesystem::path& file);

  /// These, with one value changed. Throws Error(usage).
  Settings with(const std::string& key, const std::string& text, const std::string& origin) const;

  const Value& at(std::string_view key) const;
  const std::string& text(std::string_view key) const { return at(key).text; }
  bool boolean(std::string_view key) const { return text(key) == "true"; }
  double number(std::string_view key) const;
  std::chrono::seconds duration(std::string_view key) const;

  const std::map<std::string, Value, std::less<>>& all() const { return values_; }
  /// The files that were looked for, highest first, and whether each is there.
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /// The one that is ours to write: of --config, of the state directory or of the user; not ./ctt.toml and
  /// not the machine's.
  const std::filesystem::path& own_file() const { return files_.size() > 1 ? files_[1] : files_.front(); }

 private:
  void set(const std::string& key, const std::string& text, const std::string& origin);
  void set_defaults();
  void read_file(const std::filesystem::path& file);

  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace ctt::cmd
