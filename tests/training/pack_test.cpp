#include "training/pack.h"

#include "base/error.h"
#include "base/json.h"

using namespace ctt::training;
using ctt::base::Error;

namespace {

void refused(const std::string& json, const char* sentence) {
  CHECK_THROWS_WITH_AS(Pack::parse(json, "pack p"), doctest::Contains(sentence), Error);
}

}  // namespace

TEST_CASE("an empty pack is the one of the defaults") {
  const auto pack = Pack::parse("{}", "pack p");
  CHECK(pack.ppo.lr == 5e-5);
  CHECK(pack.ppo.gamma == 0.99);
  CHECK(pack.ppo.lambda == 0.95);
  CHECK(pack.ppo.clip_param == 0.2);
  CHECK(pack.ppo.train_batch_size == 4000);
  CHECK(pack.ppo.num_sgd_iter == 10);
  CHECK(pack.hidden == std::vector<std::size_t>{256, 256});
  CHECK(pack.environment.reward_scheme.name == "ReturnPBR");
  CHECK(pack.environment.fill == ctt::environment::Fill::next_open);
}

TEST_CASE("every key is read") {
  const auto pack = Pack::parse(R"({
    "algorithm": "PPO", "lr": 0.5, "gamma": 0.1, "lambda_": 0.2, "clip_param": 0.3, "entropy_coeff": 0.4,
    "vf_loss_coeff": 0.6, "vf_clip_param": 7, "kl_coeff": 0.8, "kl_target": 0.9, "grad_clip": 1.5, "kl_budget": 2,
    "train_batch_size": 1000, "sgd_minibatch_size": 100, "num_sgd_iter": 3, "num_envs": 5, "rollout_fragment_length": 40,
    "model": {"fcnet_hiddens": [8, 9], "fcnet_activation": "relu", "vf_share_layers": true},
    "action_scheme": "TrailingStopBSH", "action_scheme_params": {"stop_pct": 0.07},
    "reward_scheme": "PBR", "reward_params": {"reward_clip": 3}, "fill": "close", "account_columns": true,
    "commission": 0.01, "half_spread": 0.002, "initial_cash": 500, "window_size": 12, "max_episode_steps": 77, "max_allowed_loss": 0.25,
    "random_start_pct": 0.5, "start_half_life": 250, "num_iterations": 6, "restore_optimizer": false, "restore_kl_coeff": false})",
                                "pack p");
  CHECK(pack.ppo.lr == 0.5);
  CHECK(pack.ppo.gamma == 0.1);
  CHECK(pack.ppo.lambda == 0.2);
  CHECK(pack.ppo.clip_param == 0.3);
  CHECK(pack.ppo.entropy_coeff == 0.4);
  CHECK(pack.ppo.vf_loss_coeff == 0.6);
  CHECK(pack.ppo.vf_clip_param == 7);
  CHECK(pack.ppo.kl_coeff == 0.8);
  CHECK(pack.ppo.kl_target == 0.9);
  CHECK(pack.ppo.grad_clip == 1.5);
  CHECK(pack.ppo.kl_budget == 2);
  CHECK(pack.ppo.train_batch_size == 1000);
  CHECK(pack.ppo.sgd_minibatch_size == 100);
  CHECK(pack.ppo.num_sgd_iter == 3);
  CHECK(pack.ppo.environments == 5);
  CHECK(pack.ppo.steps_per_environment() == 200);
  CHECK(pack.ppo.fragment_steps == 40);
  CHECK(pack.hidden == std::vector<std::size_t>{8, 9});
  CHECK(pack.activation == ctt::policy::Activation::relu);
  CHECK(pack.vf_share_layers);
  CHECK(pack.environment.action_scheme.parameters.at("stop_pct") == 0.07);
  CHECK(pack.environment.reward_scheme.parameters.at("reward_clip") == 3);
  CHECK(pack.environment.fill == ctt::environment::Fill::close);
  CHECK(pack.environment.account_columns);
  CHECK(pack.environment.costs == ctt::market::Costs{0.01, 0.002});
  CHECK(pack.environment.initial_cash == 500);
  CHECK(pack.environment.window_size == 12);
  CHECK(pack.environment.max_episode_steps == 77);
  CHECK(pack.environment.max_allowed_loss == 0.25);
  CHECK(pack.environment.random_start_pct == 0.5);
  CHECK(pack.environment.start_half_life == 250);
  CHECK(pack.num_iterations == 6);
  CHECK_FALSE(pack.restore_optimizer);
  CHECK(pack.restore_kl_coeff == false);
  // 12 rows of 4 columns and 3 about the account
  CHECK(pack.network(4).inputs == 51);
  CHECK(pack.network(4).actions == 3);
  SUBCASE("and written again, with every default") {
    CHECK(Pack::parse(pack.json(), "again").json() == pack.json());
  }
}

TEST_CASE("shrinking and perturbing on restore is a choice that packs without it do not show") {
  const auto plain = Pack::parse("{}", "pack p");
  CHECK(plain.restore == Restore::exact);
  CHECK(plain.json().find("\"restore\"") == std::string::npos);
  CHECK(plain.json().find("restore_shrink") == std::string::npos);
  CHECK(Pack::parse(R"({"restore": "exact"})", "pack p").json() == plain.json());
  const auto pack = Pack::parse(R"({"restore": "shrink_perturb"})", "pack p");
  CHECK(pack.restore == Restore::shrink_perturb);
  CHECK(pack.restore_shrink == 0.8);
  const auto again =
      Pack::parse(Pack::parse(R"({"restore": "shrink_perturb", "restore_shrink": 0.5})", "p").json(), "p");
  CHECK(again.restore == Restore::shrink_perturb);
  CHECK(again.restore_shrink == 0.5);
  refused(R"({"restore": "reset"})", R"("restore" must be "exact" or "shrink_perturb", not "reset")");
  refused(R"({"restore_shrink": 0.5})", R"("restore_shrink" belongs to "restore": "shrink_perturb")");
  refused(R"({"restore": "shrink_perturb", "restore_shrink": 1.5})", R"("restore_shrink" must be)");
}

TEST_CASE("an unknown key is refused with the one that was probably meant") {
  refused(R"({"lambda": 0.9})", R"(unknown key "lambda" (did you mean "lambda_"?))");
  refused(R"({"model": {"fcnet_hidens": [3]}})", R"(did you mean "fcnet_hiddens"?)");
  refused(R"({"action_scheme": "BSH", "action_scheme_params": {"stop_pct": 0.1}})", "stop_pct");
  refused(R"({"reward_scheme": "Profit"})", "pack p: ");
}

TEST_CASE("a value out of its range is refused by name") {
  refused(R"({"lr": 0})", R"("lr" must be above 0 and at most 1, not 0)");
  refused(R"({"gamma": 1.01})", R"("gamma" must be at least 0 and at most 1)");
  refused(R"({"clip_param": -0.1})", R"("clip_param")");
  refused(R"({"num_sgd_iter": 0})", R"("num_sgd_iter" must be a whole number from 1 to 1000, not 0)");
  refused(R"({"num_sgd_iter": 2.5})", "whole number");
  refused(R"({"sgd_minibatch_size": 5000})", "at most the train_batch_size of 4000");
  refused(R"({"num_envs": 4001})", "at most the train_batch_size of 4000");
  refused(R"({"model": {"fcnet_hiddens": []}})", "1 to 8 layers");
  refused(R"({"model": {"fcnet_hiddens": [0]}})", "widths");
  refused(R"({"model": {"fcnet_activation": "gelu"}})", "use tanh or relu");
  refused(R"({"commission": 0.9})", R"("commission")");
  refused(R"({"half_spread": -0.1})", R"("half_spread" must be at least 0 and at most 0.5, not -0.1)");
  refused(R"({"max_allowed_loss": 0})", R"("max_allowed_loss")");
  refused(R"({"window_size": 0})", R"("window_size")");
  refused(R"({"algorithm": "DQN"})", R"("algorithm" must be "PPO", not "DQN")");
  refused(R"({"rollout_fragment_length": "long"})", R"(must be a number of steps or "auto")");
  refused(R"({"reward_scheme": "PBR", "reward_params": {"return_algorithm": "sortino"}})",
          "which PBR does not use");
}

// Else it would be stored, and fail at the start of each of its trainings.
TEST_CASE("what the environment refuses a pack refuses already") {
  refused(R"({"initial_cash": 1e13})",
          R"("initial_cash" must be at least 1e-06 and at most 1000000000000, not 10000000000000)");
  refused(R"({"initial_cash": 1e-7})", R"("initial_cash" must be)");
  CHECK(Pack::parse(R"({"initial_cash": 1e12})", "p").environment.initial_cash == 1e12);
}

TEST_CASE("workers are environments of one process, under either name") {
  CHECK(Pack::parse(R"({"num_rollout_workers": 4})", "p").ppo.environments == 4);
  CHECK(Pack::parse(R"({"num_rollout_workers": 0})", "p").ppo.environments == 1);
  CHECK(Pack::parse(R"({"num_rollout_workers": 8, "num_envs": 8})", "p").ppo.environments == 8);
  refused(R"({"num_rollout_workers": 4, "num_envs": 8})",
          R"(another name of "num_envs" here, and 4 is not 8)");
}

TEST_CASE("a batch that the environments do not divide is rounded up to whole steps") {
  const auto pack = Pack::parse(R"({"train_batch_size": 1000, "num_envs": 16})", "p");
  CHECK(pack.ppo.steps_per_environment() == 63);
}
