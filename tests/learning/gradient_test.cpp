// The fast engine against the reference: the same losses and the same gradient for every parameter.
#include "learning/engines.h"
#include "learning/initial_weights.h"

using namespace ctt;
using namespace ctt::learning;
using policy::Activation;
using policy::NetworkShape;

namespace {

std::vector<float> lively_weights(const NetworkShape& shape) {
  auto weights = initial_weights(shape, 3);
  base::Random random(4);
  for (float& weight : weights) weight += static_cast<float>(0.05 * random.normal());
  return weights;
}

std::vector<std::uint32_t> all_rows(const Batch& batch) {
  std::vector<std::uint32_t> rows(batch.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(rows.size() - 1 - i);
  return rows;
}

struct Answer {
  Losses losses;
  std::vector<float> gradient;
};

template <class Engine>
Answer answer(const NetworkShape& shape, const training::Ppo& ppo, const Batch& batch, double kl_coeff) {
  const auto engine = Engine::make(shape, ppo);
  engine->load(lively_weights(shape));
  Answer out{{}, std::vector<float>(shape.parameter_count())};
  out.losses = engine->gradient(batch, all_rows(batch), kl_coeff, out.gradient);
  return out;
}

// The largest difference, as a fraction of the parameter's largest gradient.
double worst_difference(const NetworkShape& shape, const std::vector<float>& a, const std::vector<float>& b) {
  double worst = 0;
  std::size_t at = 0;
  for (const auto& parameter : shape.parameters()) {
    double size = 0, difference = 0;
    for (std::size_t i = at; i < at + parameter.size(); ++i) {
      size = std::max<double>(size, std::abs(a[i]));
      difference = std::max<double>(difference, std::abs(a[i] - b[i]));
    }
    if (difference > 0) worst = std::max(worst, difference / size);
    at += parameter.size();
  }
  return worst;
}

void check_equal(const NetworkShape& shape, const training::Ppo& ppo, const Batch& batch, double kl_coeff) {
  const auto reference = answer<Autograd>(shape, ppo, batch, kl_coeff);
  const auto fast = answer<Fast>(shape, ppo, batch, kl_coeff);
  CHECK(worst_difference(shape, reference.gradient, fast.gradient) < 1e-5);
  const auto near = [](double x) { return doctest::Approx(x).epsilon(1e-5); };
  CHECK(fast.losses.policy == near(reference.losses.policy));
  CHECK(fast.losses.value == near(reference.losses.value));
  CHECK(fast.losses.entropy == near(reference.losses.entropy));
  CHECK(fast.losses.kl == near(reference.losses.kl));
  CHECK(fast.losses.total == near(reference.losses.total));
  CHECK(fast.losses.gradient_norm == near(reference.losses.gradient_norm));
}

const std::vector<NetworkShape> kShapes{
    {37, 3, {64, 48}, Activation::tanh, false},    {37, 3, {64, 48}, Activation::tanh, true},
    {20, 4, {33, 17, 5}, Activation::relu, false}, {20, 4, {40}, Activation::relu, true},
    {9, 3, {}, Activation::tanh, false},           {11, 2, {400, 130}, Activation::tanh, true},
    {11, 2, {8, 400}, Activation::tanh, false}};

// One term of the loss at a time: 0 policy, 1 value, 2 entropy, 3 KL, 4 all of them.
training::Ppo only(int term) {
  training::Ppo ppo;
  ppo.vf_loss_coeff = term == 1 || term == 4 ? 0.5 : 0;
  ppo.entropy_coeff = term == 2 || term == 4 ? 0.01 : 0;
  return ppo;
}

}  // namespace

TEST_CASE("losses and gradients of the fast engine are autograd's, each term alone and all together") {
  for (const auto& shape : kShapes) {
    for (int term = 0; term <= 4; ++term) {
      CAPTURE(shape.hidden.size());
      CAPTURE(shape.shared);
      CAPTURE(term);
      auto batch = random_batch(200, shape.inputs, shape.actions, 7);
      if (term > 0 && term < 4) std::ranges::fill(batch.advantages, 0.0F);
      check_equal(shape, only(term), batch, term >= 3 ? 0.2 : 0);
    }
  }
}

TEST_CASE("minibatches of any size, down to one row, give the same on both engines") {
  const auto& shape = kShapes[0];
  for (const std::size_t rows : {1U, 2U, 3U, 15U, 16U, 17U, 127U, 300U, 512U, 513U, 1100U})
    check_equal(shape, only(4), random_batch(rows, shape.inputs, shape.actions, rows), 0.2);
}

// Old logits equal to the new ones shifted so that the ratio of the action taken lies a hair inside or
// outside 1 +- clip_param.
TEST_CASE("at the clipping boundaries both engines fall on the same side") {
  const NetworkShape shape{5, 3, {16}, Activation::tanh, false};
  const training::Ppo ppo = only(4);
  const auto engine = Autograd::make(shape, ppo);
  engine->load(lively_weights(shape));
  auto batch = random_batch(64, shape.inputs, shape.actions, 8);
  std::vector<float> observations(64 * 5), values(64);
  for (std::size_t row = 0; row < 64; ++row) batch.observe(row, &observations[row * 5]);
  engine->forward(observations, 64, batch.logits, values);
  for (std::size_t row = 0; row < 64; ++row) {
    const double edge = row % 2 == 0 ? 1 + ppo.clip_param : 1 - ppo.clip_param;
    const double ratio = edge * (1 + (row % 4 < 2 ? 1e-5 : -1e-5));
    auto* logits = &batch.logits[row * 3];
    double total = 0;
    for (int a = 0; a < 3; ++a) total += std::exp(logits[a]);
    const double p = std::exp(logits[batch.taken[row]]) / total;
    const double q = p / ratio;  // what the old policy must have given the action
    logits[batch.taken[row]] += static_cast<float>(std::log(q / (1 - q) / (p / (1 - p))));
    batch.targets[row] = values[row] + static_cast<float>(row % 4 < 2 ? 9.9999 : 10.0001);
  }
  check_equal(shape, ppo, batch, 0.2);
}

TEST_CASE("after many updates both engines have nearly the same weights") {
  const auto& shape = kShapes[1];
  auto ppo = only(4);
  ppo.grad_clip = 0.5;
  const auto batch = random_batch(256, shape.inputs, shape.actions, 9);
  const auto rows = all_rows(batch);
  const auto reference = Autograd::make(shape, ppo);
  const auto fast = Fast::make(shape, ppo);
  for (auto* engine : {reference.get(), fast.get()}) {
    engine->load(lively_weights(shape));
    for (std::size_t i = 0; i < 20; ++i)
      engine->update(batch, std::span(rows).subspan(i % 2 * 128, 128), 0.2);
  }
  double largest = 0;
  const auto a = reference->weights(), b = fast->weights();
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max<double>(largest, std::abs(a[i] - b[i]));
  CHECK(largest < 1e-5);
}

TEST_CASE("the optimiser's moments are in the order of the weights") {
  const auto& shape = kShapes[0];
  const auto batch = random_batch(64, shape.inputs, shape.actions, 11);
  const auto rows = all_rows(batch);
  const auto engine = Fast::make(shape, only(4));
  engine->load(lively_weights(shape));
  std::vector<float> gradient(shape.parameter_count());
  engine->gradient(batch, rows, 0.2, gradient);
  engine->update(batch, rows, 0.2);
  const auto state = engine->optimizer();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i)
    wrong += std::abs(state.first[i] - 0.1F * gradient[i]) > 1e-8F;
  CHECK(wrong == 0);

  const auto other = Fast::make(shape, only(4));
  other->restore(state);
  CHECK(other->optimizer() == state);
}

TEST_CASE("the fast engine gives the same bits with one, two and three workers") {
  const NetworkShape shape{37, 3, {400, 48}, Activation::tanh, true};  // cut into three parts
  const auto batch = random_batch(1000, shape.inputs, shape.actions, 10);
  const auto rows = all_rows(batch);
  std::vector<float> first;
  for (const std::size_t threads : {1U, 2U, 3U}) {
    base::Workers workers(threads, prepare_thread);
    const auto engine = make_fast_updater(shape, only(4), workers);
    engine->load(lively_weights(shape));
    for (const std::size_t size : {128U, 512U, 1000U})
      engine->update(batch, std::span(rows).first(size), 0.2);
    if (first.empty()) first = engine->weights();
    CHECK(engine->weights() == first);
  }
}
