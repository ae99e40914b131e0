#include "learning/optimizer_file.h"

#include "base/error.h"
#include "policy/safetensors.h"

using namespace ctt;
using namespace ctt::learning;

namespace {

const policy::NetworkShape kShape{2, 2, {3}, policy::Activation::tanh, true};  // 9 + 8 + 4 parameters

OptimizerFile example() {
  OptimizerFile file{kShape, "abc", {}, 0.3};
  file.adam.step = 4711;
  file.adam.learning_rate = 3e-4;
  for (std::size_t i = 0; i < kShape.parameter_count(); ++i) {
    file.adam.first.push_back(static_cast<float>(i) - 3);
    file.adam.second.push_back(static_cast<float>(i));
  }
  return file;
}

}  // namespace

TEST_CASE("an optimiser comes back with moments, step, rate and kl_coeff") {
  const auto read = decode_optimizer(encode(example()), "o", kShape, "abc");
  CHECK(read.adam == example().adam);
  CHECK(read.kl_coeff == 0.3);
}

TEST_CASE("an optimiser of another policy, another network or damaged is refused") {
  const auto bytes = encode(example());
  CHECK_THROWS_WITH_AS(decode_optimizer(bytes, "o", kShape, "def"),
                       "o was written with the policy abc, not with def", base::Error);
  auto other = kShape;
  other.hidden = {4};
  CHECK_THROWS_AS(decode_optimizer(bytes, "o", other, "abc"), base::Error);
  CHECK_THROWS_AS(decode_optimizer(bytes.substr(0, bytes.size() - 1), "o", kShape, "abc"), base::Error);
  auto negative = example();
  negative.adam.second[2] = -1;
  CHECK_THROWS_WITH_AS(decode_optimizer(encode(negative), "o", kShape, "abc"), doctest::Contains("negative"),
                       base::Error);
  auto more = policy::decode_tensors(bytes, "o");
  more.tensors.push_back({"more", {1}, {0}});
  CHECK_THROWS_WITH_AS(decode_optimizer(policy::encode_tensors(more), "o", kShape, "abc"),
                       doctest::Contains("no parameter"), base::Error);
}
