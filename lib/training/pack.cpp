#include "training/pack.h"

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "base/parameter.h"

namespace ctt::training {

namespace {

using base::Error;
using base::Failure;
using base::JsonObject;
using base::JsonValue;
using base::Range;

constexpr double kMany = 1e6;

constexpr auto kRestores =
    base::names_of<Restore>({{Restore::exact, "exact"}, {Restore::shrink_perturb, "shrink_perturb"}});

// In the order in which a pack is written.
constexpr base::NumberMember<Ppo> kPpoNumbers[] = {
    {"lr", &Ppo::lr, Range::above(0, 1)},
    {"gamma", &Ppo::gamma, Range::from(0, 1)},
    {"lambda_", &Ppo::lambda, Range::from(0, 1)},
    {"clip_param", &Ppo::clip_param, Range::above(0, 1)},
    {"entropy_coeff", &Ppo::entropy_coeff, Range::from(0, 10)},
    {"vf_loss_coeff", &Ppo::vf_loss_coeff, Range::from(0, 1000)},
    {"vf_clip_param", &Ppo::vf_clip_param, Range::above(0)},
    {"kl_coeff", &Ppo::kl_coeff, Range::from(0, 1000)},
    {"kl_target", &Ppo::kl_target, Range::above(0, 10)},
    {"grad_clip", &Ppo::grad_clip, Range::from(0)},
    {"kl_budget", &Ppo::kl_budget, Range::from(0)},
    {"train_batch_size", &Ppo::train_batch_size, Range::whole(1, kMany)},
    {"sgd_minibatch_size", &Ppo::sgd_minibatch_size, Range::whole(1, kMany)},
    {"num_sgd_iter", &Ppo::num_sgd_iter, Range::whole(1, 1000)},
};

[[noreturn]] void refuse(const JsonObject& json, std::string_view key, const std::string& sentence) {
  throw Error(Failure::usage, fmt::format("{}: \"{}\" {}", json.where(), key, sentence));
}

template <class Number>
Number within(const JsonObject& json, const char* key, Number number, const Range& range) {
  if (range.holds(static_cast<double>(number))) return number;
  refuse(json, key, fmt::format("must be {}, not {}", range.words(), number));
}

void read(JsonObject& json, const char* key, double& target, const Range& range) {
  target = within(json, key, json.number(key, target), range);
}

void read(JsonObject& json, const char* key, std::size_t& target, const Range& range) {
  const auto number = json.integer(key, static_cast<std::int64_t>(target));
  target = static_cast<std::size_t>(within(json, key, number, range));
}

template <class Owner>
void read_all(JsonObject& json, Owner& owner, std::span<const base::NumberMember<Owner>> numbers) {
  for (const auto& number : numbers) {
    std::visit([&](auto of) { read(json, number.name, owner.*of, number.range); }, number.member);
  }
}

template <class Owner>
void write_all(base::JsonWriter& json, const Owner& owner,
               std::span<const base::NumberMember<Owner>> numbers) {
  for (const auto& number : numbers) {
    std::visit([&](auto of) { json.field(number.name, owner.*of); }, number.member);
  }
}

// RLlib counts processes that collect, each with one environment; here they are environments of
// one process. Either name sets the same number, so both may stand only when they agree.
void read_environments(JsonObject& json, Ppo& ppo) {
  const bool by_workers = json.find("num_rollout_workers").has_value();
  std::size_t workers = ppo.environments;
  read(json, "num_rollout_workers", workers, Range::whole(0, 4096));
  workers = std::max<std::size_t>(workers, 1);  // RLlib's 0: the one process that learns collects too
  if (by_workers) ppo.environments = workers;
  read(json, "num_envs", ppo.environments, Range::whole(1, 4096));
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
  read(json, "rollout_fragment_length", ppo.fragment_steps, Range::whole(0, kMany));
}

void read_ppo(JsonObject& json, Ppo& ppo) {
  if (const auto algorithm = json.string("algorithm", "PPO"); algorithm != "PPO") {
    refuse(json, "algorithm", fmt::format("must be \"PPO\", not \"{}\"", algorithm));
  }
  read_all<Ppo>(json, ppo, kPpoNumbers);
  if (ppo.sgd_minibatch_size > ppo.train_batch_size) {
    refuse(json, "sgd_minibatch_size",
           fmt::format("must be at most the train_batch_size of {}, not {}", ppo.train_batch_size,
                       ppo.sgd_minibatch_size));
  }
  if (json.find("kl_coeff_min")) {
    ppo.kl_coeff_min = 0;
    read(json, "kl_coeff_min", *ppo.kl_coeff_min, Range::from(0, ppo.kl_coeff));
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

void read_environment(JsonObject& json, environment::EpisodeSettings& settings) {
  const auto actions = read_numbers(json, "action_scheme_params");
  settings.action_scheme = environment::ActionSchemeSpec::parse(
      json.string("action_scheme", settings.action_scheme.name), actions);
  std::string algorithm = settings.reward_scheme.return_algorithm;
  const auto rewards = read_numbers(json, "reward_params", "return_algorithm", &algorithm);
  const auto reward = json.string("reward_scheme", settings.reward_scheme.name);
  if (algorithm != settings.reward_scheme.return_algorithm &&
      !environment::RewardSchemeSpec::parse(reward).has_return_algorithm()) {
    refuse(json, "reward_params", fmt::format("has a return_algorithm, which {} does not use", reward));
  }
  settings.reward_scheme = environment::RewardSchemeSpec::parse(reward, rewards, algorithm);
  settings.fill = environment::parse_fill(json.string("fill", environment::name(settings.fill)));
  settings.account_columns = json.boolean("account_columns", settings.account_columns);
  read_all(json, settings.costs, market::cost_numbers());
  read_all(json, settings, environment::number_settings());
}

void read_restore(JsonObject& json, Pack& pack) {
  const auto word = json.string("restore", name(pack.restore));
  const auto restore = kRestores.find(word);
  if (!restore)
    refuse(json, "restore", fmt::format("must be \"exact\" or \"shrink_perturb\", not \"{}\"", word));
  pack.restore = *restore;
  if (json.find("restore_shrink") && pack.restore != Restore::shrink_perturb)
    refuse(json, "restore_shrink", "belongs to \"restore\": \"shrink_perturb\"; set that or remove it");
  read(json, "restore_shrink", pack.restore_shrink, Range::from(0, 1));
}

Pack read_pack(JsonObject json) {
  Pack pack;
  read_ppo(json, pack.ppo);
  if (const auto model = json.find("model")) read_model(model->as_object(), pack);
  read_environment(json, pack.environment);
  read(json, "num_iterations", pack.num_iterations, Range::whole(1, kMany));
  pack.restore_optimizer = json.boolean("restore_optimizer", pack.restore_optimizer);
  if (json.find("restore_kl_coeff")) pack.restore_kl_coeff = json.boolean("restore_kl_coeff", true);
  read_restore(json, pack);
  json.finish();
  return pack;
}

void write_numbers(base::JsonWriter& json, const std::map<std::string, double>& numbers) {
  for (const auto& [key, number] : numbers) json.field(key, number);
}

}  // namespace

std::string_view name(Restore restore) { return kRestores.name(restore); }

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
  write_all<Ppo>(json, ppo, kPpoNumbers);
  json.field("num_envs", ppo.environments);
  json.key("rollout_fragment_length");
  ppo.fragment_steps == 0 ? json.value("auto") : json.value(ppo.fragment_steps);
  json.key("model").object().field("fcnet_hiddens", hidden);
  json.field("fcnet_activation", policy::name(activation)).field("vf_share_layers", vf_share_layers).end();
  json.field("action_scheme", environment.action_scheme.name).key("action_scheme_params").object();
  write_numbers(json, environment.action_scheme.parameters);
  json.end().field("reward_scheme", environment.reward_scheme.name).key("reward_params").object();
  write_numbers(json, environment.reward_scheme.parameters);
  if (environment.reward_scheme.has_return_algorithm()) {
    json.field("return_algorithm", environment.reward_scheme.return_algorithm);
  }
  json.end().field("fill", environment::name(environment.fill));
  json.field("account_columns", environment.account_columns);
  write_all(json, environment.costs, market::cost_numbers());
  write_all(json, environment, environment::number_settings());
  json.field("num_iterations", num_iterations);
  json.field("restore_optimizer", restore_optimizer);
  json.field("restore_kl_coeff", restore_kl_coeff.value_or(true));
  // What follows is left out of the default, whose hash stands in checkpoints from before the keys were there.
  if (ppo.kl_coeff_min) json.field("kl_coeff_min", *ppo.kl_coeff_min);
  if (restore != Restore::exact) json.field("restore", name(restore)).field("restore_shrink", restore_shrink);
  return json.end().text();
}

Pack Pack::for_cycles() const {
  constexpr double kFloorShare = 0.01;
  Pack pack = *this;
  pack.restore_kl_coeff = restore_kl_coeff.value_or(false);
  pack.ppo.kl_coeff_min = ppo.kl_coeff_min.value_or(kFloorShare * ppo.kl_coeff);
  return pack;
}

bool Pack::trains_like(const Pack& other) const {
  return json() == other.json() && for_cycles().json() == other.for_cycles().json();
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
