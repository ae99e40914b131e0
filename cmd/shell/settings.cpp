#include "cmd/shell/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "base/toml.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using base::Range;

const std::vector<SettingDefinition>& setting_definitions() {
  static const std::vector<SettingDefinition> definitions{
      {"home", "", "path", "state directory: database, models, snapshots, locks"},
      {"color", "auto", "auto|always|never", "colour on terminals"},
      {"progress", "auto", "auto|bar|plain|none", "how progress is shown"},
      {"log_format", "text", "text|json", "form of the log lines on standard error"},
      {"utc", "false", "bool", "show times in UTC instead of local time"},
      {"timeout", "10s", "duration", "how long to wait for a running trader to answer"},
      {"credentials", "", "path", "file with the keys of Alpaca, mode 0600; empty: the usual places"},
      {"alpaca.data_url", "https://data.alpaca.markets", "text", "market data; http only on this machine"},
      {"alpaca.trading_url", "https://paper-api.alpaca.markets", "text",
       "trading: paper unless this says otherwise"},
      {"alpaca.stream_url", "wss://stream.data.alpaca.markets", "text", "stream of market data"},
      {"alpaca.location", "us", "text", "venue of crypto data: us is Alpaca's own"},
      {"alpaca.ca_file", "", "path", "certificates to trust instead of the system's"},
      {"learner.command", "", "text",
       "words that start the learner, the job folder is appended; empty: ctt-learn of this installation"},
      {"learner.threads", "0", "whole", "worker threads of a training, at most 64; 0: one per core up to 4",
       Range::whole(0, 64)},
      {"learner.engine", "fast", "fast|autograd",
       "engine of a training: fast, or autograd: the readable reference"},
      {"learner.device", "cpu", "cpu|cuda", "cpu, or cuda with the engine autograd"},
      {"learner.precision", "float32", "float32|bfloat16",
       "of an update's products: float32, or bfloat16 where the processor has AVX512_BF16 or AMX"},
      {"learner.deadline", "2h", "duration",
       "a training that takes longer is stopped and recorded as timeout"},
      {"launcher.backend", "local", "local|slurm",
       "where ctt train and ctt cycle run train: as a process of this machine, or as a job of Slurm's"},
      {"slurm.share", "", "path",
       "folder that all nodes see under this name, for the folders of jobs; empty: jobs/ of the state "
       "directory, "
       "which they must see then"},
      {"slurm.options", "", "text",
       "more words for sbatch, as --partition=short --account=lab; they win over ours"},
      {"slurm.memory", "1G", "text", "memory of a training, as sbatch --mem has it"},
      {"cycle.retry", "3", "whole",
       "how often a cycle asks a source of candles again that it cannot reach, after pauses of up to a tenth "
       "of "
       "the interval; 0: the slot is lost at once",
       Range::whole(0, 20)},
      {"models.keep", "0", "whole",
       "newest models of each schedule whose files stay after a cycle; 0: all of them", Range::whole(0)},
      {"retention.decisions", "90d", "duration",
       "decisions of a trader that led to no order are dropped when they are older; 0d: never"},
      {"retention.iterations", "90d", "duration",
       "iterations of a cycle's training, the last aside, are dropped that long after it; 0d: never"},
      {"retention.events", "90d", "duration",
       "events are dropped when they are older, those of a cycle after its end; 0d: never"},
      {"retention.candles", "1100d", "duration",
       "candles that a schedule trains on, of a source that can be asked again, are dropped when they are "
       "older "
       "than this before the newest of their series, and nothing needs them; 0d: never"},
      {"replay.cache_max", "4", "number",
       "GiB of trainings that replays keep for one another, the ones used least recently go first",
       Range::from(0, 100'000)},
      {"notify.command", "", "text",
       "words of a program that is started for each alarm and gets it as JSON on its standard input"},
      {"notify.url", "", "text",
       "address that each alarm is sent to by POST: https, or http of this machine; {secret} in it is "
       "replaced"},
      {"notify.format", "json", "json|text", "what notify.url gets: JSON, or a line of text"},
      {"notify.secret_file", "", "path",
       "file, mode 0600, with what {secret} of notify.url stands for; without {secret} it is a bearer token"},
      {"notify.events", "all", "text", "alarms that are sent: all, or names with commas between them"},
      {"notify.heartbeat", "", "text", "address that is fetched after each good cycle"},
      {"notify.time_limit", "10s", "duration", "of one program, and of one request"},
      {"trade.max_daily_loss_pct", "0", "number",
       "the trader halts when it loses that much in a day (UTC); 0: no limit", Range::from(0, 100)},
      {"trade.max_rejects", "3", "whole",
       "orders refused in a row, at most 1000, after which the trader only sells; twice as many halt it; 0: "
       "never",
       Range::whole(0, 1000)},
      {"trade.max_model_age", "14d", "duration",
       "without newer training nothing is bought; told at half of it, sold out at twice"},
      {"trade.max_clock_skew", "5s", "duration", "against the broker's clock; beyond it nothing is bought"},
      {"trade.stale_after", "2m", "duration", "of a live feed: a bar that closed longer ago is not acted on"},
      {"trade.books_patience", "30s", "duration",
       "how long the broker's account must differ from our own books before it is a difference"},
      {"trade.start_patience", "5m", "duration",
       "under systemd: for so long a starting trader asks again what the broker refuses"},
      {"trade.max_drawdown_pct", "30", "number",
       "the trader halts when equity falls this far below its peak; 0: no limit", Range::from(0, 100)},
      {"trade.on_drawdown", "halt", "halt|flatten",
       "when a drawdown or a day's loss has passed its limit: halt and keep the position, or sell it first"},
      {"account.max_drawdown_pct", "0", "number",
       "all schedules of an account halt when they have together fallen this far below their peak; 0: no "
       "limit",
       Range::from(0, 100)},
      {"account.max_daily_loss_pct", "0", "number",
       "all schedules of an account halt when they together lose that much in a day (UTC); 0: no limit",
       Range::from(0, 100)},
      {"trade.max_position_usd", "0", "number",
       "largest position the trader buys, in quote currency; 0: no limit"},
  };
  return definitions;
}

namespace {

const SettingDefinition* find(std::string_view key) {
  const auto& all = setting_definitions();
  const auto found = std::ranges::find(all, key, &SettingDefinition::key);
  return found == all.end() ? nullptr : &*found;
}

bool is_number(std::string_view text, bool whole, const Range& range) {
  double number = 0;
  long long count = 0;
  const auto* end = text.data() + text.size();
  const auto read =
      whole ? std::from_chars(text.data(), end, count) : std::from_chars(text.data(), end, number);
  if (whole) number = static_cast<double>(count);
  return read.ec == std::errc{} && read.ptr == end && range.holds(number);
}

bool allowed(const SettingDefinition& definition, const std::string& text) {
  const auto& kind = definition.allowed;
  if (kind == "text" || kind == "path") return true;
  if (kind == "bool") return text == "true" || text == "false";
  if (kind == "number" || kind == "whole") return is_number(text, kind == "whole", definition.range);
  if (kind == "duration") {
    try {
      base::parse_duration(text);
      return true;
    } catch (const Error&) {
      return false;
    }
  }
  return ("|" + kind + "|").find("|" + text + "|") != std::string::npos && !text.empty() &&
         text.find('|') == std::string::npos;
}

std::string wanted(const SettingDefinition& definition) {
  if (definition.allowed == "bool") return "true or false";
  if (definition.allowed == "duration") return "a duration such as 90s, 15m or 6h";
  if (definition.allowed == "whole" || definition.allowed == "number") {
    const auto& range = definition.range;
    return (definition.allowed == "whole" ? "a whole number, " : "a number, ") +
           (range.high < Range::kUnlimited ? fmt::format("{} to {}", range.low, range.high)
                                           : fmt::format("at least {}", range.low));
  }
  return "one of " + definition.allowed;
}

std::string variable_of(const std::string& key) {
  std::string variable = "CTT_";
  for (const char c : key)
    variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

fs::path environment_path(const char* variable, const fs::path& otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? fs::path(value) : otherwise;
}

fs::path user_home() { return environment_path("HOME", "/"); }

// What systemd gives a service (StateDirectory=), else the user's data directory.
fs::path default_home() {
  const char* state = std::getenv("STATE_DIRECTORY");
  if (state != nullptr && *state != '\0')
    return fs::path(std::string_view(state).substr(0, std::string_view(state).find(':')));
  return environment_path("XDG_DATA_HOME", user_home() / ".local/share") / "ctt";
}

std::vector<fs::path> config_files(const std::optional<fs::path>& config_file, const std::string& home) {
  if (config_file) return {*config_file};
  std::vector<fs::path> files{"ctt.toml"};
  if (!home.empty()) {
    files.emplace_back(fs::path(home) / "config.toml");
  } else {
    files.emplace_back(environment_path("XDG_CONFIG_HOME", user_home() / ".config") / "ctt/config.toml");
  }
  files.emplace_back("/etc/ctt/config.toml");
  return files;
}

std::string text_of(const base::TomlSetting& setting) {
  return std::visit([](const auto& value) { return fmt::format("{}", value); }, setting.value);
}

}  // namespace

Settings Settings::resolve(const std::map<std::string, std::string>& flags,
                           const std::optional<fs::path>& config_file) {
  Settings settings;
  settings.set_defaults();

  const char* home_variable = std::getenv("CTT_HOME");
  const auto home_flag = flags.find("home");
  const std::string home = home_flag != flags.end()   ? home_flag->second
                           : home_variable != nullptr ? home_variable
                                                      : "";
  if (home_flag != flags.end() && home.empty())
    throw Error(Failure::usage, "--home is empty; it names the state directory");
  settings.files_ = config_files(config_file, home);
  if (config_file && !fs::exists(*config_file)) {
    throw Error(Failure::not_found, fmt::format("there is no config file {}", config_file->string()))
        .fix("ctt config path");
  }
  for (const auto& file : settings.files_ | std::views::reverse) {
    if (base::is_there(file)) settings.read_file(file);
  }
  for (const auto& definition : setting_definitions()) {
    const auto variable = variable_of(definition.key);
    const char* value = std::getenv(variable.c_str());
    if (value != nullptr && *value != '\0') settings.set(definition.key, value, variable);
  }
  for (const auto& [key, text] : flags) {
    std::string flag = key;
    std::ranges::replace(flag, '_', '-');
    settings.set(key, text, "flag --" + flag);
  }
  return settings;
}

void Settings::set_defaults() {
  for (const auto& definition : setting_definitions())
    set(definition.key, definition.default_value, "default");
  set("home", default_home().string(), "default");
}

Settings Settings::of_file(const fs::path& file) {
  Settings settings;
  settings.set_defaults();
  settings.read_file(file);
  return settings;
}

Settings Settings::with(const std::string& key, const std::string& text, const std::string& origin) const {
  auto changed = *this;
  changed.set(key, text, origin);
  return changed;
}

const Settings::Value& Settings::at(std::string_view key) const {
  const auto found = values_.find(key);
  if (found != values_.end()) return found->second;
  std::vector<std::string> keys;
  for (const auto& definition : setting_definitions()) keys.push_back(definition.key);
  throw Error(Failure::usage, fmt::format("unknown setting \"{}\"{}", key, base::did_you_mean(key, keys)))
      .fix("ctt config show");
}

double Settings::number(std::string_view key) const {
  const auto& value = text(key);
  double number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

std::chrono::seconds Settings::duration(std::string_view key) const {
  return base::parse_duration(text(key));
}

void Settings::set(const std::string& key, const std::string& text, const std::string& origin) {
  const auto* definition = find(key);
  if (definition == nullptr) {
    std::vector<std::string> keys;
    for (const auto& known : setting_definitions()) keys.push_back(known.key);
    throw Error(Failure::usage,
                fmt::format("{}: unknown setting \"{}\"{}", origin, key, base::did_you_mean(key, keys)))
        .fix("ctt config show");
  }
  if (origin != "default" && !allowed(*definition, text)) {
    throw Error(Failure::usage,
                fmt::format("{}: {} must be {}, not \"{}\"", origin, key, wanted(*definition), text));
  }
  values_.insert_or_assign(key, Value{text, origin});
}

void Settings::read_file(const fs::path& file) {
  for (const auto& setting : base::read_toml(file)) {
    set(setting.key, text_of(setting), fmt::format("{}:{}:{}", file.string(), setting.line, setting.column));
  }
}

}  // namespace ctt::cmd
