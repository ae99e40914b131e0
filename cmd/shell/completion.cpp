#include "cmd/shell/completion.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/help_topics.h"
#include "environment/action_type.h"
#include "environment/reward_type.h"
#include "store/datasets.h"
#include "store/experiments.h"
#include "store/live_sessions.h"
#include "store/models.h"
#include "store/packs.h"
#include "store/schedules.h"

namespace ctt::cmd {

void Completion::declare(CLI::App& app) {
  app.add_option("SHELL", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

namespace {

constexpr std::string_view kBash = R"(_ctt() {
  local IFS=$'\n'
  COMPREPLY=($(ctt complete-words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ctt ctt
)";

constexpr std::string_view kZsh = R"(#compdef ctt
_ctt() {
  local -a candidates
  candidates=("${(@f)$(ctt complete-words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${candidates[1]}" ]]; then compadd -a candidates; else _files; fi
}
# As a file of fpath it is the function's body; read in by `source` it registers the function.
if [[ $funcstack[1] == _ctt ]]; then _ctt "$@"; else compdef _ctt ctt; fi
)";

constexpr std::string_view kFish = R"(function __ctt_complete
  set -l words (commandline -opc) (commandline -ct)
  ctt complete-words -- $words[2..-1] 2>/dev/null
end
complete -c ctt -f -a '(__ctt_complete)'
)";

using Completions = std::vector<std::string>;

Completions names_in_store(store::Database& database, const std::string& what) {
  Completions names;
  if (what == "SCHEDULE")
    for (const auto& row : store::schedules::list(database)) names.push_back(row.id);
  if (what == "DATASET")
    for (const auto& row : store::datasets::list(database)) names.push_back(row.id);
  if (what == "PACK")
    for (const auto& row : store::packs::list(database)) names.push_back(row.id);
  if (what == "EXP") {
    store::ExperimentQuery newest;
    newest.limit = 100;
    for (const auto& row : store::experiments::list(database, newest))
      names.push_back(row.name.empty() ? row.id : row.name);
  }
  if (what == "SESSION")
    for (const auto& row : store::live_sessions::list(database)) names.push_back(row.id);
  if (what == "MODEL") {
    store::ModelQuery newest;
    newest.limit = 1000;
    for (const auto& row : store::models::list(database, newest))
      names.push_back(fmt::format("v{}", row.version));
    for (const char* reference : {"@live", "@previous", "@base"}) names.emplace_back(reference);
  }
  return names;
}

// What kind of name an option or an argument of a command wants; empty: no name of the store.
std::string kind_of(const CLI::App& app, const CLI::Option& option) {
  if (option.check_lname("schedule") || option.check_lname("schedules")) return "SCHEDULE";
  const auto& type = option.get_type_name();
  for (const char* kind : {"DATASET", "PACK", "EXP", "MODEL", "SESSION"}) {
    if (type == kind || (option.get_positional() && option.get_name(true) == kind)) return kind;
  }
  const auto noun = app.get_parent() == nullptr ? "" : app.get_parent()->get_name();
  if (noun == "experiments" && option.get_positional()) return "EXP";
  if (!option.get_positional() || (option.get_name(true) != "NAME" && option.get_name(true) != "REF"))
    return "";
  if (noun == "datasets") return "DATASET";
  if (noun == "packs") return "PACK";
  if (noun == "experiments") return "EXP";
  return noun == "models" ? "MODEL" : "";
}

template <class Type>
Completions names_of(const std::vector<Type>& types) {
  Completions names;
  for (const auto& type : types) names.emplace_back(type.name);
  return names;
}

// The words of which an option of this name takes one.
Completions words_of(const CLI::Option& option) {
  static const std::map<std::string, Completions> kWords{
      {"gate", {"none", "basic", "strict"}},
      {"misfire", {"skip", "run-once", "run-all"}},
      {"timeframe", {"1m", "5m", "15m", "1h", "4h", "1d", "1w"}},
      {"source", {"alpaca", "csv", "synthetic"}},
      {"regime", {"gbm", "regimes"}},
      {"status", {"running", "completed", "failed", "pruned", "cancelled"}},
      {"result", {"completed", "failed", "skipped", "cancelled", "running"}},
      {"format", {"table", "csv", "jsonl"}},
      {"color", {"auto", "always", "never"}},
      {"progress", {"auto", "bar", "plain", "none"}},
      {"log-format", {"text", "json"}},
      {"fill", {"close", "next_open"}},
      {"engine", {"fast", "autograd"}},
      {"device", {"cpu", "cuda"}}};
  for (const auto& [name, words] : kWords) {
    if (option.check_lname(name)) return words;
  }
  if (option.check_lname("action-scheme")) return names_of(environment::action_types());
  if (option.check_lname("reward-scheme")) return names_of(environment::reward_types());
  return {};
}

const CLI::Option* option_named(const CLI::App& app, const std::string& word) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const auto* option = at->get_option_no_throw(word)) return option;
  }
  return nullptr;
}

bool takes_value(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() > 0 && option->get_type_size() != 0;
}

struct CompleteWords {
  static constexpr auto name = "complete-words";
  static constexpr auto summary = "Print what may follow the words given";
  static constexpr const char* examples[] = {"ctt complete-words -- schedule st"};
  static constexpr auto exit_status = "0";

  Commands* commands = nullptr;
  Completions words;

  void declare(CLI::App& app) {
    app.add_option("WORDS", words, "the command line without ctt, the last word begun");
    app.group("");
  }

  // The command that the finished words lead to; those behind `help` name commands too.
  const CLI::App& place() const {
    const CLI::App* app = &commands->root();
    for (std::size_t i = asks_help() ? 1 : 0; i + 1 < words.size(); ++i) {
      if (words[i].starts_with("-")) {
        if (takes_value(option_named(*app, words[i])) && words[i].find('=') == std::string::npos) ++i;
      } else {
        const auto named =
            app->get_subcommands([&](const CLI::App* verb) { return verb->get_name() == words[i]; });
        if (!named.empty()) app = named.front();
      }
    }
    return *app;
  }

  bool asks_help() const { return words.size() > 1 && words.front() == "help"; }

  Completions stored(Context& context, const std::string& kind) const {
    if (kind.empty()) return {};
    try {
      const auto home = std::ranges::find(words, "--home");
      if (home == words.end() || home + 1 == words.end() || home + 2 == words.end())
        return names_in_store(context.readable_database(), kind);
      store::Database database(base::Home{*(home + 1)}.database(), store::Access::read_only);
      return names_in_store(database, kind);
    } catch (const base::Error&) {
      return {};  // without a state directory there are no names; a completion says nothing
    }
  }

  Completions values_of(Context& context, const CLI::App& app, const CLI::Option& option) const {
    auto values = words_of(option);
    return values.empty() ? stored(context, kind_of(app, option)) : values;
  }

  Completions candidates(Context& context, const std::string& begun) const {
    const auto& app = place();
    const auto* before = words.size() > 1 ? option_named(app, words[words.size() - 2]) : nullptr;
    if (takes_value(before) && words[words.size() - 2].starts_with("-"))
      return values_of(context, app, *before);
    Completions names;
    if (begun.starts_with("-")) {
      for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
        for (const auto* option : at->get_options()) {
          for (const auto& long_name : option->get_lnames()) names.push_back("--" + long_name);
        }
      }
      return names;
    }
    for (const auto* verb : verbs_of(app)) names.push_back(verb->get_name());
    if (asks_help()) {
      if (app.get_parent() == nullptr) std::ranges::move(help_topics(), std::back_inserter(names));
      return names;
    }
    for (const auto* option : app.get_options()) {
      if (option->get_positional() && option->get_name(true) == "KEY") {
        for (const auto& setting : setting_definitions()) names.push_back(setting.key);
      } else if (option->get_positional()) {
        std::ranges::move(stored(context, kind_of(app, *option)), std::back_inserter(names));
      }
    }
    return names;
  }

  int run(Context& context) const {
    const std::string begun = words.empty() ? "" : words.back();
    for (const auto& candidate : candidates(context, begun)) {
      if (candidate.starts_with(begun)) context.out << candidate << '\n';
    }
    return 0;
  }
};

}  // namespace

int Completion::run(Context& context) const {
  context.out << (shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return 0;
}

void declare_complete_words(CLI::App& root, Commands& commands) {
  commands.add<CompleteWords>(root).commands = &commands;
}

}  // namespace ctt::cmd
