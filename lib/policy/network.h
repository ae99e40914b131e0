#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::policy {

enum class Activation { tanh, relu };

Activation parse_activation(std::string_view name);  ///< Throws Error(usage).
std::string_view name(Activation activation);

/// The shape of a policy and value network: fully connected layers `hidden`, then `actions` logits
/// and one value. Separate nets, or one trunk with two heads (`shared`).
struct NetworkShape {
  std::size_t inputs = 0;
  std::size_t actions = 0;
  std::vector<std::size_t> hidden{256, 256};
  Activation activation = Activation::tanh;
  bool shared = false;

  struct Parameter {
    std::string name;
    std::vector<std::size_t> shape;  ///< weights [out, in], biases [out]
    std::size_t size() const;
  };

  /// Every parameter, in the order of the checkpoint file and of the flat buffer. Separate nets:
  /// `policy.0.weight policy.0.bias ... policy.logits.weight policy.logits.bias value.0.weight ...
  /// value.out.weight value.out.bias`; a shared trunk: `trunk.0.weight ...`, then the two heads.
  std::vector<Parameter> parameters() const;
  std::size_t parameter_count() const;

  bool operator==(const NetworkShape&) const = default;
};

}  // namespace ctt::policy
