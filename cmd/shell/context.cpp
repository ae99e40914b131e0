#include "cmd/shell/context.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

Context::Context(Globals given, Settings resolved, const base::Clock& time, std::ostream& answers,
                 std::ostream& messages)
    : globals(std::move(given)),
      settings(std::move(resolved)),
      home{std::filesystem::absolute(settings.text("home"))},
      clock(time),
      terminal(settings.text("color"), globals.quiet ? "none" : settings.text("progress"),
               settings.boolean("utc")),
      out(answers),
      err(messages) {}

Context::~Context() = default;

namespace {

// Another account's state is not for us: its mode keeps us out, or we are root, and its owner could not
// change what we leave there. An owner without a name is that of a container's volume.
void check_owner(const std::filesystem::path& home, bool read_only) {
  struct stat status {};
  if (::stat(home.c_str(), &status) != 0 || status.st_uid == ::geteuid()) return;
  const bool kept_out = ::access(home.c_str(), R_OK | W_OK | X_OK) != 0;
  const auto* owner = ::getpwuid(status.st_uid);
  if (owner == nullptr || (!kept_out && (read_only || ::geteuid() != 0))) return;
  throw Error(Failure::refused, fmt::format("{} belongs to the account {}", home.string(), owner->pw_name))
      .fix(fmt::format("sudo -u {} ctt ...", owner->pw_name))
      .fix("ctt ... --home ctt-state");
}

}  // namespace

store::Database& Context::open(bool read_only) {
  if (database_ && (read_only || !read_only_)) return *database_;
  check_owner(home.root, read_only);
  if (!std::filesystem::exists(home.database())) {
    throw Error(Failure::not_found, fmt::format("there is no ctt state in {}", home.root.string()))
        .fix("ctt init")
        .fix("ctt demo");
  }
  database_.reset();
  database_ = std::make_unique<store::Database>(
      home.database(), read_only ? store::Access::read_only : store::Access::read_write);
  read_only_ = read_only;
  return *database_;
}

store::Database& Context::database() { return open(false); }
store::Database& Context::readable_database() { return open(true); }

void Context::print_json(const base::JsonWriter& json) { out << json.text() << std::endl; }

void Context::say(const std::string& text) {
  if (!globals.quiet) out << text << std::endl;
}

int Context::would(const std::string& text) {
  if (json()) {
    print_json(document("dry-run").field("would", text).end());
  } else {
    out << "would " << text << " (dry run, nothing changed)" << std::endl;
  }
  return 0;
}

bool Context::confirm(const std::string& question) {
  if (globals.yes) return true;
  if (globals.no_input || isatty(STDIN_FILENO) != 1) {
    throw Error(Failure::usage, fmt::format("{} needs an answer, and nobody is here to give it", question))
        .fix("ctt ... --yes");
  }
  err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

base::JsonWriter document(std::string_view noun_verb) {
  base::JsonWriter json;
  json.object().field("schema", fmt::format("ctt.{}/1", noun_verb));
  return json;
}

}  // namespace ctt::cmd
