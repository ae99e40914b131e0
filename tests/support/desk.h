#pragma once

#include <optional>
#include <sstream>
#include <string>

#include "base/error.h"
#include "cmd/shell/context.h"
#include "store/sample.h"
#include "support/scratch.h"

namespace ctt::support {

/// Where a test runs commands: a state directory with a new database, a clock that it sets (it
/// stands at 2026-11-23 12:00:20 UTC), and what they print.
///
///     Desk desk;
///     CHECK(desk.run(DatasetsList{}) == 0);
///     CHECK(desk.out() == "There is no dataset yet. ...");
class Desk {
 public:
  Desk() {
    home.create();
    const store::Database made(home.database());
    write(scratch / "config.toml", "");
  }

  Scratch scratch;
  base::Home home{scratch / "home"};
  base::ManualClock clock{sample::kNoon};

  /// Fills a command, runs it and returns its exit status. What it throws comes through.
  template <class Command>
  int run(const Command& command, cmd::Globals globals = {}) {
    out_.str("");
    err_.str("");
    globals.no_input = true;
    cmd::Context context(globals, settings(), clock, out_, err_);
    return command.run(context);
  }

  /// The document that a command prints with `--json`.
  template <class Command>
  base::JsonObject json(const Command& command) {
    cmd::Globals globals;
    globals.json = true;
    last_status = run(command, globals);
    return base::JsonValue::parse(out(), "the answer").as_object();
  }

  /// What `--dry-run` says.
  template <class Command>
  std::string would(const Command& command) {
    cmd::Globals globals;
    globals.dry_run = true;
    REQUIRE(run(command, globals) == 0);
    return out();
  }

  /// How a command that must not succeed ends.
  template <class Command>
  sample::Caught refusal(const Command& command, cmd::Globals globals = {}) {
    return sample::caught([&] { run(command, std::move(globals)); });
  }

  /// Changes the database before or between commands.
  template <class Work>
  void change(Work work) {
    store::Database database(home.database());
    sample::change(database, work);
  }
  /// Reads it.
  template <class Read>
  auto look(Read read) {
    store::Database database(home.database());
    return read(database);
  }

  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }
  int last_status = 0;

 private:
  cmd::Settings settings() const {
    return cmd::Settings::resolve(
        {{"home", home.root.string()}, {"color", "never"}, {"progress", "none"}, {"utc", "true"}},
        scratch / "config.toml");
  }

  std::ostringstream out_, err_;
};

inline cmd::Globals yes() {
  cmd::Globals globals;
  globals.yes = true;
  return globals;
}

}  // namespace ctt::support
