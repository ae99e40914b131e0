#include "cmd/simulate.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/files.h"
#include "cmd/datasets/candle_file.h"
#include "cmd/shell/costs_option.h"
#include "cmd/shell/counted.h"
#include "cmd/shell/output.h"
#include "environment/episode.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void Simulate::declare(CLI::App& app) {
  app.add_option("--candles", candles, "csv file: timestamp,open,high,low,close,volume")
      ->required()
      ->type_name("FILE");
  app.add_option("--actions", actions, "file with one action number per line: 0 hold, 1 buy, 2 sell, ...")
      ->required()
      ->type_name("FILE");
  app.add_option("--action-scheme", action_scheme, "what the numbers mean; ctt help schemes lists them")
      ->capture_default_str()
      ->type_name("SCHEME");
  app.add_option("--action-param", action_parameters, "a parameter of it, key=value; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  app.add_option("--reward-scheme", reward_scheme, "how a step is rewarded; ctt help schemes lists them")
      ->capture_default_str()
      ->type_name("SCHEME");
  app.add_option("--reward-param", reward_parameters, "a parameter of it, key=value; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  auto* alone = app.add_option("--commission", commission, "fraction of each trade, without a half spread")
                    ->capture_default_str()
                    ->type_name("C");
  declare_costs(app, costs, "what a trade costs")->excludes(alone);
  app.add_option("--cash", cash, "cash at the start")->capture_default_str()->type_name("N");
  app.add_option("--fill", fill, "price of a trade: close of its bar, or next_open")
      ->capture_default_str()
      ->type_name("FILL");
  app.add_option("-o,--output", output, "where to; - is standard output")
      ->capture_default_str()
      ->type_name("FILE");
}

namespace {

struct Row {
  int action;
  environment::StepResult result;
};

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

// Parameters of a scheme; `text_key` is the one that is a word.
std::map<std::string, double> parameters(const std::vector<std::string>& given, const char* flag,
                                         std::string_view text_key, std::string& text) {
  std::map<std::string, double> numbers;
  for (const auto& setting : given) {
    const auto equals = setting.find('=');
    const auto key = setting.substr(0, equals);
    const auto value = equals == std::string::npos ? "" : setting.substr(equals + 1);
    if (key.empty() || value.empty())
      throw Error(Failure::usage, fmt::format("{} {}: it takes key=value", flag, setting));
    if (key == text_key) {
      text = value;
      continue;
    }
    const auto number = parse<double>(value);
    if (!number || !std::isfinite(*number))
      throw Error(Failure::usage, fmt::format("{} {}: \"{}\" is no number", flag, setting, value));
    if (!numbers.emplace(key, *number).second)
      throw Error(Failure::usage, fmt::format("{} {}: {} was given before", flag, setting, key));
  }
  return numbers;
}

environment::EpisodeSettings settings_of(const Simulate& command) {
  std::string none;
  std::string algorithm = "sharpe";
  environment::EpisodeSettings settings;
  settings.action_scheme = environment::ActionSchemeSpec::parse(
      command.action_scheme, parameters(command.action_parameters, "--action-param", "", none));
  const auto reward = parameters(command.reward_parameters, "--reward-param", "return_algorithm", algorithm);
  settings.reward_scheme = environment::RewardSchemeSpec::parse(command.reward_scheme, reward, algorithm);
  settings.fill = environment::parse_fill(command.fill);
  settings.costs = command.costs ? market::parse_costs(*command.costs) : market::Costs{command.commission, 0};
  settings.initial_cash = command.cash;
  environment::validate(settings);
  return settings;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Takes the next line off `text`.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(line);
}

std::vector<int> read_actions(const std::string& file, int action_count, std::size_t steps_max) {
  const auto bytes = base::read_file(file);
  std::vector<int> actions;
  std::string_view rest = bytes;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto refuse = [&](const std::string& reason) {
      throw Error(Failure::usage, fmt::format("{}, line {}: {}", file, number, reason));
    };
    const auto line = take_line(rest);
    if (line.empty() && rest.find_first_not_of(" \t\r\n") == std::string_view::npos) break;
    const auto action = parse<int>(line);
    if (!action) refuse(fmt::format("\"{}\" is no action number", line));
    if (*action < 0 || *action >= action_count)
      refuse(fmt::format("action {} is out of range; this scheme has 0 to {}", *action, action_count - 1));
    if (actions.size() == steps_max) {
      refuse(fmt::format("more actions than bars: {} bars have room for {}, each needs a bar after it",
                         steps_max + 1, steps_max));
    }
    actions.push_back(*action);
  }
  if (actions.empty()) throw Error(Failure::usage, fmt::format("{} has no actions", file));
  return actions;
}

std::string csv(const std::vector<Row>& rows) {
  std::string text = "step,action,reward,net_worth,asset\n";
  for (std::size_t step = 0; step < rows.size(); ++step) {
    const auto& [action, result] = rows[step];
    text += fmt::format("{},{}", step, action);
    for (const double number : {result.reward, result.net_worth, result.quantity}) {
      text += ',';
      append_number(text, number);
    }
    text += '\n';
  }
  return text;
}

void add_summary(base::JsonWriter& json, const environment::EpisodeStats& stats) {
  json.field("steps", stats.steps)
      .field("net_worth", stats.net_worth)
      .field("pnl", stats.pnl)
      .field("reward_sum", stats.reward_sum);
  json.field("trades", stats.trades).field("buys", stats.buys).field("sells", stats.sells);
}

void print_items(Context& context, const std::vector<Row>& rows, const environment::EpisodeStats& stats) {
  auto json = document("simulate");
  add_summary(json, stats);
  json.key("items").array();
  for (std::size_t step = 0; step < rows.size(); ++step) {
    const auto& [action, result] = rows[step];
    json.object().field("step", step).field("action", action).field("reward", result.reward);
    json.field("net_worth", result.net_worth).field("asset", result.quantity).end();
  }
  context.print_json(json.end().end());
}

}  // namespace

int Simulate::run(Context& context) const {
  require_place(output);
  const auto settings = settings_of(*this);
  const auto bars = read_candle_file(candles);
  const auto script = read_actions(actions, settings.action_scheme.action_count(), bars.size() - 1);
  auto episode = environment::Episode::scripted(bars, settings);
  std::vector<Row> rows;
  rows.reserve(script.size());
  for (const int action : script) rows.push_back({action, episode.step(action)});

  const auto& stats = episode.stats();
  if (to_standard_output(output)) {
    if (context.json()) {
      print_items(context, rows, stats);
    } else {
      write_output(context, output, csv(rows));
    }
    return 0;
  }
  if (context.globals.dry_run) return context.would(fmt::format("write {} steps to {}", rows.size(), output));
  write_output(context, output, csv(rows));
  if (context.json()) {
    auto json = document("simulate").field("file", output);
    add_summary(json, stats);
    context.print_json(json.end());
  } else {
    context.say(fmt::format("{}: {}, {}, net worth {:.2f}.", output, counted(rows.size(), "step"),
                            counted(stats.trades, "trade"), stats.net_worth));
  }
  return 0;
}

}  // namespace ctt::cmd
