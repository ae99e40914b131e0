#include "policy/policy.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"

namespace ctt::policy {

namespace {

bool finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

double norm_of_policy(const NetworkShape& network, std::span<const float> weights) {
  double squares = 0;
  for (const auto& parameter : network.parameters()) {
    const auto values = weights.first(parameter.size());
    weights = weights.subspan(parameter.size());
    if (parameter.name.starts_with("value.")) continue;
    for (const float weight : values) squares += static_cast<double>(weight) * static_cast<double>(weight);
  }
  return std::sqrt(squares);
}

}  // namespace

Policy::Policy(const Checkpoint& checkpoint, std::string sha256)
    : contract_(checkpoint.contract),
      lineage_(checkpoint.lineage),
      forward_(checkpoint.contract.network, checkpoint.weights),
      weight_norm_(norm_of_policy(checkpoint.contract.network, checkpoint.weights)),
      sha256_(std::move(sha256)) {}

std::shared_ptr<const Policy> Policy::load(const std::filesystem::path& file, const std::string& sha256,
                                           const Contract* must_equal) {
  const auto checkpoint = policy::load(file, sha256);
  if (must_equal != nullptr) {
    if (const auto difference = checkpoint.contract.difference(*must_equal)) {
      throw base::Error(base::Failure::refused,
                        fmt::format("{} was trained for something else: {}", file.string(), *difference));
    }
  }
  return std::make_shared<const Policy>(checkpoint, sha256);
}

void Policy::logits(std::span<const float> observation, std::span<float> out, Scratch& scratch) const {
  forward_.run(observation, 1, out, {}, scratch);
}

float Policy::value(std::span<const float> observation, Scratch& scratch) const {
  float value = 0;
  forward_.run(observation, 1, {}, {&value, 1}, scratch);
  return value;
}

Policy::Decision Policy::decide(std::span<const float> observation, Scratch& scratch) const {
  std::array<float, 64> buffer{};
  const std::span<float> out(buffer.data(), contract_.network.actions);
  logits(observation, out, scratch);
  Decision decision;
  // An infinite input saturates tanh and leaves finite logits, so inputs are looked at as well.
  decision.finite = finite(observation) && finite(out);
  if (decision.finite) decision.action = static_cast<int>(std::ranges::max_element(out) - out.begin());
  return decision;
}

}  // namespace ctt::policy
