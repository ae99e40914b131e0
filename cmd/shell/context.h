#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "base/home.h"
#include "base/json.h"
#include "base/time.h"
#include "cmd/shell/settings.h"
#include "cmd/shell/terminal.h"
#include "store/database.h"

namespace ctt::cmd {

/// The flags every command takes.
struct Globals {
  bool json = false;
  bool quiet = false;
  bool yes = false;
  bool no_input = false;
  bool dry_run = false;
  int verbose = 0;
  std::optional<std::filesystem::path> config;
  std::map<std::string, std::string> settings;  ///< by key: what flags say about settings
};

/// What a command works with: settings, state directory, clock, database and the streams it
/// answers on. Opens the database on first use.
class Context {
 public:
  Context(Globals globals, Settings settings, const base::Clock& clock, std::ostream& out, std::ostream& err);
  ~Context();

  const Globals globals;
  const Settings settings;
  const base::Home home;
  const base::Clock& clock;
  const Terminal terminal;
  std::ostream& out;
  std::ostream& err;

  bool json() const { return globals.json; }
  base::Instant now() const { return clock.now(); }

  /// The database of this state directory. Throws Error(not_found) that names `ctt init` when there
  /// is none.
  store::Database& database();
  /// The same for commands that only read.
  store::Database& readable_database();

  /// One JSON document as a line on standard output.
  void print_json(const base::JsonWriter& document);
  /// `text` on standard output unless `--quiet`.
  void say(const std::string& text);
  /// One line about what a dry run would have done; returns exit status 0.
  int would(const std::string& text);

  /// Asks a yes-or-no question on the terminal. `--yes` answers; without a terminal or with
  /// `--no-input` throws Error(usage) naming `--yes`.
  bool confirm(const std::string& question);

 private:
  store::Database& open(bool read_only);

  std::unique_ptr<store::Database> database_;
  bool read_only_ = false;
};

/// A JSON document with its schema name: `{"schema":"ctt.<noun>.<verb>/1", ...` still open.
base::JsonWriter document(std::string_view noun_verb);

}  // namespace ctt::cmd
