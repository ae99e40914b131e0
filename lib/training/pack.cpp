#include "training/pack.h"

#include <limits>

#include "base/error.h"
#include "base/json.h"

namespace ctt::training {

namespace {

using base::Error;
using base::Failure;
using base::JsonObject;
using base::JsonValue;

constexpr double kHuge = std::numeric_limits<double>::max();
constexpr std::int64_t kMany = 1'000'000;

// What a number may be: a range whose ends belong to it or, when `open`, do not.
struct Range {
  double least;
  double most;
  bool open_below = false;

  bool holds(double x) const { return (open_below ? x > least : x >= least) && x <= most; }
  std::string words() const {
    if (most == kHuge) return fmt::format("{} {}", open_below ? "above" : "at least", least);
    return fmt::format("{} {} and at most {}", open_below ? "above" : "at least", least, most);
  }
};

[[noreturn]] void refuse(const JsonObject& json, std::string_view key, const std::string& sentence) {
  throw Error(Failure::usage, fmt::format("{}: \"{}\" {}", json.where(), key, sentence));
}

void read(JsonObject& json, const char* key, double& target, Range range) {
  target = json.number(key, target);
  if (!range.holds(target)) refuse(json, key, fmt::format("must be {}, not {}", range.words(), target));
}

void read(JsonObject& json, const char* key, std::size_t& target, std::int64_t least, std::int64_t most) {
  const auto number = json.integer(key, static_cast<std::int64_t>(target));
  if (number < least || number > most) {
    refuse(json, key, fmt::format("must be a whole number from {} to {}, not {}", least, most, number));
  }
  target = static_cast<std::size_t>(number);
}

// RLlib counts processes that collect, each with one environment; here they are environments of
// one process. Either name sets the same number, so both may stand only when they agree.
void read_environments(JsonObject& json, Ppo& ppo) {
  const bool by_workers = json.find("num_rollout_workers").has_value();
  std::size_t workers = ppo.environments;
  read(json, "num_rollout_workers", workers, 0, 4096);
  workers = std::max<std::size_t>(workers, 1);  // RLlib's 0: the one process that learns collects too
  if (by_workers) ppo.environments = workers;
  read(json, "num_envs", ppo.environments, 1, 4096);
  if (by_workers && ppo.environments != workers) {
    refuse(json, "num_rollout_workers",
           fmt::format("is another name of \"num_envs\" here, and {} is not {}; remove one of the two",
                       workers, ppo.environments));
  }
  if (ppo.environments > ppo.train_batch_size) {
    refuse(json, by_workers ? "num_rollout_workers" : "num_envs",
           fmt::format("must be at most the train_batch_size of {}, not {}", ppo.train_batch_size,
                       ppo.environments));
  }
}

void read_fragment(JsonObject& json, Ppo& ppo) {
  const auto value = json.find("rollout_fragment_length");
  if (value && value->is_string()) {
    if (value->as_string() != "auto")
      refuse(json, "rollout_fragment_length", "must be a number of steps or \"auto\"");
    ppo.fragment_steps = 0;
    return;
  }
  read(json, "rollout_fragment_length", ppo.fragment_steps, 0, kMany);
}

void read_ppo(JsonObject& json, Ppo& ppo) {
  if (const auto algorithm = json.string("algorithm", "PPO"); algorithm != "PPO") {
    refuse(json, "algorithm", fmt::format("must be \"PPO\", not \"{}\"", algorithm));
  }
  read(json, "lr", ppo.lr, {0, 1, true});
  read(json, "gamma", ppo.gamma, {0, 1});
  read(json, "lambda_", ppo.lambda, {0, 1});
  read(json, "clip_param", ppo.clip_param, {0, 1, true});
  read(json, "entropy_coeff", ppo.entropy_coeff, {0, 10});
  read(json, "vf_loss_coeff", ppo.vf_loss_coeff, {0, 1000});
  read(json, "vf_clip_param", ppo.vf_clip_param, {0, kHuge, true});
  read(json, "kl_coeff", ppo.kl_coeff, {0, 1000});
  read(json, "kl_target", ppo.kl_target, {0, 10, true});
  read(json, "grad_clip", ppo.grad_clip, {0, kHuge});
  read(json, "kl_budget", ppo.kl_budget, {0, kHuge});
  read(json, "train_batch_size", ppo.train_batch_size, 1, kMany);
  read(json, "sgd_minibatch_size", ppo.sgd_minibatch_size, 1, kMany);
  read(json, "num_sgd_iter", ppo.num_sgd_iter, 1, 1000);
  if (ppo.sgd_minibatch_size > ppo.train_batch_size) {
    refuse(json, "sgd_minibatch_size",
           fmt::format("must be at most the train_batch_size of {}, not {}", ppo.train_batch_size,
                       ppo.sgd_minibatch_size));
  }
  read_environments(json, ppo);
  read_fragment(json, ppo);
}

void read_model(JsonObject json, Pack& pack) {
  if (const auto hidden = json.find("fcnet_hiddens")) {
    pack.hidden.clear();
    for (const auto& layer : hidden->as_array()) {
      const auto width = layer.as_integer();
      if (width < 1 || width > 4096) refuse(json, "fcnet_hiddens", "must list widths from 1 to 4096");
      pack.hidden.push_back(static_cast<std::size_t>(width));
    }
    if (pack.hidden.empty() || pack.hidden.size() > 8)
      refuse(json, "fcnet_hiddens", "must list 1 to 8 layers");
  }
  pack.activation = policy::parse_activation(json.string("fcnet_activation", policy::name(pack.activation)));
  pack.vf_share_layers = json.boolean("vf_share_layers", pack.vf_share_layers);
  json.finish();
}

// An object of numbers; keys in `texts` are taken as texts instead.
std::map<std::string, double> read_numbers(JsonObject& json, const char* key, std::string_view text_key = {},
                                           std::string* text = nullptr) {
  std::map<std::string, double> numbers;
  const auto value = json.find(key);
  if (!value) return numbers;
  auto object = value->as_object();
  for (const auto& name : object.keys()) {
    if (text != nullptr && name == text_key) {
      *text = object.string(name);
    } else {
      numbers[name] = object.number(name);
    }
  }
  return numbers;
}

void read_environment(JsonObject& json, environment::Settings& settings) {
  const auto actions = read_numbers(json, "action_scheme_params");
  settings.action_scheme = environment::ActionSchemeSpec::parse(
      json.string("action_scheme", settings.action_scheme.name), actions);
  std::string algorithm = settings.reward_scheme.return_algorithm;
  const auto rewards = read_numbers(json, "reward_params", "return_algorithm", &algorithm);
  const auto reward = json.string("reward_scheme", settings.reward_scheme.name);
  if (algorithm != settings.reward_scheme.return_algorithm && reward != "RiskAdjustedReturns") {
    refuse(json, "reward_params", fmt::format("has a return_algorithm, which {} does not use", reward));
  }
  settings.reward_scheme = environment::RewardSchemeSpec::parse(reward, rewards, algorithm);
  settings.fill = environment::parse_fill(json.string("fill", environment::name(settings.fill)));
  settings.account_columns = json.boolean("account_columns", settings.account_columns);
  read(json, "commission", settings.commission_fraction, {0, 0.5});
  read(json, "initial_cash", settings.initial_cash, {0, 1e15, true});
  read(json, "window_size", settings.window_size, 1, 10'000);
  read(json, "max_episode_steps", settings.max_episode_steps, 0, kMany);
  read(json, "max_allowed_loss", settings.max_allowed_loss, {0, 1, true});
  read(json, "random_start_pct", settings.random_start_pct, {0, 1});
  read(json, "start_half_life", settings.start_half_life, {0, 1e9});
}

Pack read_pack(JsonObject json) {
  Pack pack;
  read_ppo(json, pack.ppo);
  if (const auto model = json.find("model")) read_model(model->as_object(), pack);
  read_environment(json, pack.environment);
  read(json, "num_iterations", pack.num_iterations, 1, kMany);
  pack.restore_optimizer = json.boolean("restore_optimizer", pack.restore_optimizer);
  pack.restore_kl_coeff = json.boolean("restore_kl_coeff", pack.restore_kl_coeff);
  json.finish();
  return pack;
}

void write_numbers(base::JsonWriter& json, const std::map<std::string, double>& numbers) {
  for (const auto& [key, number] : numbers) json.field(key, number);
}

}  // namespace

Pack Pack::parse(std::string_view text, const std::string& where) {
  try {
    return read_pack(JsonValue::parse(text, where).as_object());
  } catch (const Error& error) {
    // Schemes and activations are read below this folder and do not know which pack they stand in.
    if (std::string_view(error.what()).starts_with(where)) throw;
    throw Error(error.failure(), fmt::format("{}: {}", where, error.what()));
  }
}

std::string Pack::json() const {
  base::JsonWriter json;
  json.object().field("algorithm", "PPO");
  json.field("lr", ppo.lr).field("gamma", ppo.gamma).field("lambda_", ppo.lambda);
  json.field("clip_param", ppo.clip_param).field("entropy_coeff", ppo.entropy_coeff);
  json.field("vf_loss_coeff", ppo.vf_loss_coeff).field("vf_clip_param", ppo.vf_clip_param);
  json.field("kl_coeff", ppo.kl_coeff).field("kl_target", ppo.kl_target);
  json.field("grad_clip", ppo.grad_clip).field("kl_budget", ppo.kl_budget);
  json.field("train_batch_size", ppo.train_batch_size).field("sgd_minibatch_size", ppo.sgd_minibatch_size);
  json.field("num_sgd_iter", ppo.num_sgd_iter).field("num_envs", ppo.environments);
  json.key("rollout_fragment_length");
  ppo.fragment_steps == 0 ? json.value("auto") : json.value(ppo.fragment_steps);
  json.key("model").object().field("fcnet_hiddens", hidden);
  json.field("fcnet_activation", policy::name(activation)).field("vf_share_layers", vf_share_layers).end();
  json.field("action_scheme", environment.action_scheme.name).key("action_scheme_params").object();
  write_numbers(json, environment.action_scheme.parameters);
  json.end().field("reward_scheme", environment.reward_scheme.name).key("reward_params").object();
  write_numbers(json, environment.reward_scheme.parameters);
  if (environment.reward_scheme.name == "RiskAdjustedReturns") {
    json.field("return_algorithm", environment.reward_scheme.return_algorithm);
  }
  json.end().field("fill", environment::name(environment.fill));
  json.field("account_columns", environment.account_columns)
      .field("commission", environment.commission_fraction);
  json.field("initial_cash", environment.initial_cash).field("window_size", environment.window_size);
  json.field("max_episode_steps", environment.max_episode_steps);
  json.field("max_allowed_loss", environment.max_allowed_loss);
  json.field("random_start_pct", environment.random_start_pct)
      .field("start_half_life", environment.start_half_life);
  json.field("num_iterations", num_iterations);
  json.field("restore_optimizer", restore_optimizer).field("restore_kl_coeff", restore_kl_coeff);
  return json.end().text();
}

policy::NetworkShape Pack::network(std::size_t feature_columns) const {
  policy::NetworkShape shape;
  shape.inputs = environment::observation_size(environment, feature_columns);
  shape.actions = static_cast<std::size_t>(environment.action_scheme.action_count());
  shape.hidden = hidden;
  shape.activation = activation;
  shape.shared = vf_share_layers;
  return shape;
}

}  // namespace ctt::training
