#include "cmd/shell/run_main.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <regex>

#include <fmt/format.h>

#include "alpaca/credentials.h"
#include "base/error.h"
#include "base/log.h"
#include "base/printable.h"
#include "base/signals.h"
#include "cmd/shell/help_topics.h"
#include "cmd/shell/typed_command.h"
#include "cmd/version.h"

namespace ctt::cmd {

namespace {

using base::Error;
using base::Failure;

void declare_globals(CLI::App& root, Globals& globals) {
  const auto setting = [&](const std::string& flags, const std::string& key, const std::string& type,
                           const std::string& help) {
    root.add_option_function<std::string>(
            flags, [&globals, key](const std::string& text) { globals.settings[key] = text; }, help)
        ->type_name(type);
  };
  setting("--home", "home", "DIR", "state directory: database, models, locks");
  root.add_option_function<std::string>(
          "--config", [&globals](const std::string& file) { globals.config = file; },
          "read this config file instead of the usual ones")
      ->type_name("FILE");
  setting("--credentials", "credentials", "FILE", "keys of Alpaca, instead of the usual places");
  root.add_flag("--json", globals.json, "print one JSON document");
  root.add_flag("-q,--quiet", globals.quiet, "print nothing unless something went wrong");
  root.add_flag("-v,--verbose", globals.verbose, "say more; twice for more still");
  setting("--log-format", "log_format", "text|json", "form of log lines");
  setting("--color", "color", "auto|always|never", "colour");
  setting("--progress", "progress", "auto|bar|plain|none", "how progress is shown");
  root.add_flag("--no-input", globals.no_input, "never ask");
  root.add_flag("-y,--yes", globals.yes, "answer yes to every question");
  root.add_flag("-n,--dry-run", globals.dry_run, "say what would change, change nothing");
  root.add_flag_function(
      "--utc", [&globals](std::int64_t) { globals.settings["utc"] = "true"; }, "show times in UTC");
  setting("--timeout", "timeout", "DUR", "how long to wait for a running trader");
}

std::vector<std::string> names_of_verbs(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* verb : verbs_of(app)) names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const auto* option : at->get_options()) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

// The command that was typed before `word`: the value of an option that nobody knows may be the name of another.
const CLI::App& command_before(const Commands& commands, const std::vector<std::string>& typed,
                               const std::string& word) {
  std::vector<std::string> path;
  for (const auto& token : typed) {
    if (token == word) break;
    path.push_back(token);
    if (commands.find(path) == nullptr) path.pop_back();
  }
  return *commands.find(path);
}

// A word that nobody took: a command that does not exist, an option, or too many arguments.
Error unknown_word(const Commands& commands, const std::vector<std::string>& typed, const std::string& word) {
  const CLI::App& app = word.starts_with("-") ? command_before(commands, typed, word) : commands.innermost();
  const auto where = path_of(app);
  if (word.starts_with("-")) {
    const auto name = word.substr(0, word.find('='));
    return Error(Failure::usage, fmt::format("unknown option \"{}\"{}", name,
                                             base::did_you_mean(name, names_of_options(app))))
        .fix(where + " --help");
  }
  const auto verbs = names_of_verbs(app);
  if (verbs.empty()) return {Failure::usage, fmt::format("\"{}\" takes no argument \"{}\"", where, word)};
  return Error(Failure::usage, fmt::format("unknown command \"{}\"{}", word, base::did_you_mean(word, verbs)))
      .fix(where + " --help");
}

std::string sentence_of(const CLI::ParseError& error) {
  std::string text = error.what();
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  // The parser's own words for one value of many: `--check: nosuch not in {settings,keys}`.
  static const std::regex kNotIn("^(\\S+: )(.*) not in \\{(.*)\\}$");
  std::smatch parts;
  if (!std::regex_match(text, parts, kNotIn)) return text;
  const auto known = std::regex_replace(parts[3].str(), std::regex(","), ", ");
  return fmt::format("{}\"{}\" is none of {}", parts[1].str(), parts[2].str(), known);
}

// What files and servers sent may stand in a sentence; a terminal is not to act on it.
std::string shown(std::string_view text) {
  std::string lines;
  while (true) {
    const auto end = text.find('\n');
    lines += base::printable(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    lines += '\n';
    text.remove_prefix(end + 1);
  }
}

void print_error(const Error& error, const std::vector<std::string>& typed, bool json,
                 const Terminal& terminal) {
  std::vector<std::string> fixes;
  for (const auto& fix : error.fixes()) fixes.push_back(completed(fix, typed));
  const int status = base::exit_status(error.failure());
  if (json) {
    base::JsonWriter document;
    document.object()
        .field("schema", "ctt.error/1")
        .field("code", base::code(error.failure()))
        .field("exit", status);
    document.field("message", shown(error.what()));
    document.key("why");
    if (error.why().empty()) {
      document.value(nullptr);
    } else {
      document.value(shown(error.why()));
    }
    document.field("fix", fixes).end();
    std::cerr << document.text() << '\n';
    return;
  }
  const auto mark = base::journal_error_mark();
  std::cerr << mark << terminal.paint(Style::bad, "error:") << ' ' << shown(error.what()) << '\n';
  if (!error.why().empty()) std::cerr << mark << "  why  " << shown(error.why()) << '\n';
  const char* label = "  fix  ";
  for (const auto& fix : fixes) {
    std::cerr << mark << label << shown(fix) << '\n';
    label = "       ";
  }
  std::cerr << mark << "  " << base::code(error.failure()) << ", exit " << status
            << ", more: ctt help exit-codes\n";
}

// The command line as the parser takes it, last word first. The words after `help` name commands
// and topics; a mark keeps the parser from running those commands. Options among them stay options.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const auto first =
      std::ranges::find_if(words, [](const std::string& word) { return !word.starts_with("-"); });
  const bool asks_help =
      first != words.end() && *first == "help" && first + 1 != words.end() && !(first + 1)->starts_with("-");
  if (asks_help) {
    const auto names = std::stable_partition(first + 1, words.end(),
                                             [](const std::string& word) { return word.starts_with("-"); });
    words.insert(names, "--");
  }
  std::ranges::reverse(words);
  return words;
}

// Who read the answer has seen enough (`| head -1`): no failure of ours.
bool reader_is_gone() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

// Everything between the command line and the exit status; throws what goes wrong.
int parse_and_run(int argc, char** argv, CLI::App& root, Commands& commands, Globals& globals) {
  std::function<int(Context&)> run;
  try {
    root.parse(arguments(argc, argv));
  } catch (const CLI::CallForHelp&) {
    const auto& app = commands.innermost();
    print_help(std::cout, path_of(app), help_of(commands, app), globals.json);
    return 0;
  } catch (const CLI::CallForVersion& version) {
    if (!globals.json) {
      std::cout << version.what() << '\n';
      return 0;
    }
    run = [](Context& context) { return Version().run(context); };
  } catch (const CLI::ExtrasError&) {
    throw unknown_word(commands, {argv + 1, argv + argc}, root.remaining(true).front());
  } catch (const CLI::ParseError& error) {
    // Words that nobody took explain more than what they left missing.
    const auto rest = root.remaining(true);
    if (!rest.empty()) throw unknown_word(commands, {argv + 1, argv + argc}, rest.front());
    throw Error(Failure::usage, sentence_of(error)).fix(path_of(commands.innermost()) + " --help");
  }
  if (!run) run = commands.chosen();
  if (!run) {
    const auto& app = commands.innermost();
    if (globals.json)
      throw Error(Failure::usage, fmt::format("{} needs a verb", path_of(app))).fix(path_of(app) + " --help");
    std::cerr << help_of(commands, app);
    return base::exit_status(Failure::usage);
  }
  base::SystemClock clock;
  Context context(globals, Settings::resolve(globals.settings, globals.config), clock, std::cout, std::cerr);
  base::set_log(globals.quiet ? -1 : globals.verbose, context.settings.text("log_format") == "json"
                                                          ? base::LogFormat::json
                                                          : base::LogFormat::text);
  const int status = run(context);
  std::cout.flush();
  if (!std::cout && reader_is_gone()) return status;
  if (!std::cout) throw Error(Failure::internal, "cannot write the answer to standard output");
  return status;
}

}  // namespace

int run_main(int argc, char** argv, const std::function<void(CLI::App&, Commands&)>& declare) {
  base::Signals::install();
  alpaca::withdraw_environment_keys();  // no child is to inherit them
  CLI::App root("Keeps a trading policy current: scheduled fine-tuning, hot swap, paper trading", "ctt");
  Globals globals;
  Commands commands(root);
  root.set_help_flag("-h,--help", "show help");
  declare_globals(root, globals);
  root.set_version_flag("-V,--version", version_line(), "print the version");
  declare(root, commands);
  declare_help(root, commands);
  const auto color = [&] {
    const auto given = globals.settings.find("color");
    return given == globals.settings.end() ? std::string("auto") : given->second;
  };
  const std::vector<std::string> typed(argv, argv + argc);
  try {
    return parse_and_run(argc, argv, root, commands, globals);
  } catch (const Error& error) {
    print_error(error, typed, globals.json, Terminal(color(), "none", true));
    return base::exit_status(error.failure());
  } catch (const std::exception& error) {
    print_error(Error(Failure::internal, fmt::format("unexpected: {}", error.what())), typed, globals.json,
                Terminal(color(), "none", true));
    return 1;
  }
}

}  // namespace ctt::cmd
