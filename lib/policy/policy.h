#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "policy/checkpoint.h"
#include "policy/forward.h"

namespace ctt::policy {

/// A policy ready to decide: the plain forward pass over a checkpoint's weights.
///
/// Immutable after construction, so threads may share it; each caller brings its own Scratch.
class Policy {
 public:
  /// Buffers of one caller, reused between decisions.
  using Scratch = Forward::Scratch;

  struct Decision {
    int action = 0;      ///< the likeliest
    bool finite = true;  ///< false: an input or an output was not finite; the caller must hold
  };

  Policy(const Checkpoint& checkpoint, std::string sha256);

  /// Loads and checks `file` against its sha256 and, when given, the contract it must have.
  /// Throws Error(integrity, not_found), Error(refused) for a foreign contract.
  static std::shared_ptr<const Policy> load(const std::filesystem::path& file, const std::string& sha256,
                                            const Contract* must_equal = nullptr);

  /// Logits [actions] of one observation [inputs].
  void logits(std::span<const float> observation, std::span<float> out, Scratch& scratch) const;
  float value(std::span<const float> observation, Scratch& scratch) const;
  Decision decide(std::span<const float> observation, Scratch& scratch) const;
  /// Activations of the hidden layers (see Forward::hidden).
  std::vector<std::vector<float>> hidden(std::span<const float> observations, std::size_t rows) const {
    return forward_.hidden(observations, rows);
  }

  /// L2 norm of all weights and biases that decide: those of the critic alone are left out.
  double weight_norm() const { return weight_norm_; }

  const Contract& contract() const { return contract_; }
  const Lineage& lineage() const { return lineage_; }
  const std::string& sha256() const { return sha256_; }

 private:
  Contract contract_;
  Lineage lineage_;
  Forward forward_;
  double weight_norm_;
  std::string sha256_;
};

}  // namespace ctt::policy
