#include "cmd/shell/help_topics.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/help_text.h"
#include "environment/action_type.h"
#include "environment/reward_type.h"

namespace ctt::cmd {

namespace {

constexpr std::string_view kExitCodes = R"(Exit status of every command:

  0    done, or nothing to do (no slot due; already in that state)
  1    unexpected failure: a bug or the operating system
  2    usage: unknown word, bad value, no answer with --no-input
  3    not found: schedule, experiment, model, dataset, pack, file
  4    keys missing, refused, or key file too open
  5    refused by a rule: gate, contract mismatch, frozen, halted
  6    data blocked: gaps, too few bars, revised or wrong-width bars
  7    network or peer unreachable: market data, broker, a trader
  8    integrity: hash mismatch, damaged database, newer schema
  10   finished with findings
  75   busy: another training or trader holds the lock; try again later
  130  stopped by Ctrl-C (SIGINT), work saved
  143  stopped by SIGTERM, work saved
)";

constexpr std::string_view kJson =
    R"(--json prints one document on standard output:
  {"schema":"ctt.<noun>.<verb>/1",...}
Commands that run for long and `ctt events` print one object per line.
Keys are only ever added within /1. Times are UTC (2026-11-23T12:00:20Z);
numbers that are not finite are null; an empty list is {"items":[]} with
exit status 0.
An error is one object on standard error:
  {"schema":"ctt.error/1","code":"E_NOT_FOUND","exit":3,"message":"...",
   "why":null,"fix":["..."]}
)";

constexpr std::string_view kErrors = R"(An error is one sentence that names the thing, then:
  why  the reason, when it is known
  fix  commands that mend it, ready to copy
and its code and exit status: E_USAGE 2, E_NOT_FOUND 3, E_KEYS 4,
E_REFUSED 5, E_DATA_BLOCKED 6, E_UNREACHABLE 7, E_INTEGRITY 8,
E_FINDINGS 10, E_BUSY 75, E_INTERNAL 1.
)";

std::string config_topic() {
  std::string text =
      "Settings, highest first: flag, CTT_* variable, ./ctt.toml, the config file\n"
      "($CTT_HOME/config.toml when the state directory was named, else\n"
      "$XDG_CONFIG_HOME/ctt/config.toml), /etc/ctt/config.toml, default.\n"
      "ctt config show --origin tells each value's source.\n\n";
  for (const auto& setting : setting_definitions()) {
    text +=
        help_entry("  " + setting.key,
                   fmt::format("{} ({}{})", setting.help, setting.allowed,
                               setting.default_value.empty() ? "" : ", default " + setting.default_value));
  }
  return text;
}

template <class Type>
std::string scheme_lines(const std::vector<Type>& types) {
  std::string text;
  for (const auto& type : types) {
    text += fmt::format("  {}\n", type.name);
    for (const auto& parameter : type.parameters)
      text += help_entry("    " + std::string(parameter.name),
                         fmt::format("{} (default {})", parameter.range.words(), parameter.default_value));
  }
  return text;
}

std::string schemes_topic() {
  return "Action schemes, which make orders of a policy's numbers, and their parameters:\n\n" +
         scheme_lines(environment::action_types()) +
         "\nReward schemes, which tell a policy in training how it does:\n\n" +
         scheme_lines(environment::reward_types()) +
         "\nOf a pack: --set action_scheme=TrailingStopBSH\n"
         "           --set action_scheme_params.stop_pct=0.03\n";
}

constexpr std::string_view kEnvironment = R"(Variables that ctt reads:

  CTT_HOME           state directory; config.toml is read from there
  CTT_<SETTING>      any setting, dots as underscores:
                     CTT_LEARNER_THREADS=2
  STATE_DIRECTORY    state directory under systemd
  APCA_API_KEY_ID, APCA_API_SECRET_KEY
                     keys of Alpaca; ctt takes them out of its environment.
                     ALPACA_API_KEY and ALPACA_SECRET_KEY are other names
                     of the two, used when those are not set.
                     Looked at before them: --credentials FILE,
                     $CREDENTIALS_DIRECTORY/alpaca; after them:
                     alpaca.toml beside config.toml. A file has mode 0600
                     and two lines:
                       key_id = "..."
                       secret_key = "..."
  APCA_API_DATA_URL, APCA_API_BASE_URL, APCA_API_STREAM_URL
                     where Alpaca is, when alpaca.data_url,
                     alpaca.trading_url and alpaca.stream_url are not set
  XDG_DATA_HOME, XDG_CONFIG_HOME
  NO_COLOR, FORCE_COLOR, TERM, COLUMNS, TZ
)";

struct Help {
  static constexpr auto name = "help";
  static constexpr auto summary = "Show help of a command or topic";
  static constexpr const char* examples[] = {"ctt help schedule start", "ctt help exit-codes"};
  static constexpr auto exit_status = "0 shown, 2 unknown topic";

  Commands* commands = nullptr;
  std::vector<std::string> words;

  void declare(CLI::App& app) {
    app.add_option("TOPIC", words, "a command, or exit-codes, environment, json, config, errors, schemes");
  }

  std::string text() const {
    if (words.size() == 1) {
      if (auto topic = help_topic(words[0]); !topic.empty()) return topic;
    }
    if (const auto* app = commands->find(words)) return help_of(*commands, *app);
    auto topics = help_topics();
    for (const auto* verb : verbs_of(commands->root())) topics.push_back(verb->get_name());
    throw base::Error(base::Failure::usage,
                      fmt::format("there is no help about \"{}\"{}", fmt::join(words, " "),
                                  base::did_you_mean(words[0], topics)))
        .fix("ctt help");
  }

  int run(Context& context) const {
    print_help(context.out, words.empty() ? "ctt" : fmt::format("ctt {}", fmt::join(words, " ")), text(),
               context.json());
    return 0;
  }
};

}  // namespace

void print_help(std::ostream& out, const std::string& about, const std::string& text, bool json) {
  if (json) {
    out << document("help").field("about", about).field("text", text).end().text() << std::endl;
  } else {
    out << text;
  }
}

std::vector<std::string> help_topics() {
  return {"exit-codes", "environment", "json", "config", "errors", "schemes"};
}

std::string help_topic(const std::string& topic) {
  if (topic == "exit-codes") return std::string(kExitCodes);
  if (topic == "json") return std::string(kJson);
  if (topic == "errors") return std::string(kErrors);
  if (topic == "environment") return std::string(kEnvironment);
  if (topic == "schemes") return schemes_topic();
  return topic == "config" ? config_topic() : "";
}

void declare_help(CLI::App& root, Commands& commands) { commands.add<Help>(root).commands = &commands; }

}  // namespace ctt::cmd
