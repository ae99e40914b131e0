#include "training/seeded_packs.h"
#include "base/error.h"
#include "training/pack.h"

using namespace ctt::training;

namespace {

Pack seeded(const std::string& id) {
  for (const auto& pack : seeded_packs()) {
    if (pack.id == id) return Pack::parse(pack.config, id);
  }
  FAIL("no pack is called " << id);
  return {};
}

}  // namespace

TEST_CASE("six packs come along, each read without complaint, with slugs as ids") {
  std::vector<std::string> ids;
  for (const auto& pack : seeded_packs()) {
    ids.push_back(pack.id);
    CHECK_FALSE(pack.name.empty());
    CHECK_FALSE(pack.description.empty());
    CHECK(Pack::parse(Pack::parse(pack.config, pack.id).json(), pack.id).json() ==
          Pack::parse(pack.config, pack.id).json());
  }
  CHECK(ids == std::vector<std::string>{"quick", "standard", "simple-ppo", "best-known", "trend-following",
                                        "optuna-optimized"});
}

TEST_CASE("ctt's own packs act at the next open on log-price rewards") {
  for (const auto* id : {"quick", "standard"}) {
    const auto pack = seeded(id);
    CHECK(pack.environment.fill == ctt::environment::Fill::next_open);
    CHECK(pack.environment.reward_scheme.name == "ReturnPBR");
  }
}

TEST_CASE("standard learns at Alpaca's costs, and quick says that it is cheap") {
  CHECK(ctt::market::profile_name(seeded("standard").environment.costs) == "alpaca-tier1");
  for (const auto& pack : seeded_packs()) {
    if (pack.id == "quick") CHECK(std::string(pack.description).find("costs far below") != std::string::npos);
  }
}

TEST_CASE("Simple PPO and Best Known have their published numbers") {
  const auto simple = seeded("simple-ppo");
  CHECK(simple.ppo.lr == 5e-5);
  CHECK(simple.ppo.lambda == 0.9);
  CHECK(simple.ppo.clip_param == 0.1);
  CHECK(simple.ppo.entropy_coeff == 0.1);
  CHECK(simple.hidden == std::vector<std::size_t>{32, 32});
  CHECK(simple.environment.reward_scheme.parameters.at("trade_penalty_multiplier") == 1.1);
  CHECK(simple.environment.reward_scheme.parameters.at("reward_clip") == 200);
  CHECK(simple.environment.fill == ctt::environment::Fill::close);
  CHECK(seeded("trend-following").json() == simple.json());

  const auto best = seeded("best-known");
  CHECK(best.ppo.lr == 3.29e-5);
  CHECK(best.ppo.clip_param == 0.123);
  CHECK(best.environment.costs.commission == 0.003);
  CHECK(best.environment.window_size == 17);
  auto optuna = seeded("optuna-optimized");
  CHECK(optuna.num_iterations == 40);
  CHECK(optuna.environment.costs.commission == 0.0005);
  optuna.num_iterations = best.num_iterations;
  optuna.environment.costs.commission = best.environment.costs.commission;
  CHECK(optuna.json() == best.json());
}
