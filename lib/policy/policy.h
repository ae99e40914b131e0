#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "policy/checkpoint.h"

namespace ctt::policy {

/// A policy ready to decide: the plain forward pass over a checkpoint's weights.
///
/// Immutable after construction, so threads may share it; each caller brings its own Scratch.
class Policy {
 public:
  /// Buffers of one caller, reused between decisions.
  struct Scratch {
    std::vector<float> a, b;
  };

  struct Decision {
    int action = 0;      ///< the likeliest
    bool finite = true;  ///< false: an output was not finite; the caller must hold
  };

  Policy(Checkpoint checkpoint, std::string sha256);

  /// Loads and checks `file` against its sha256 and, when given, the contract it must have.
  /// Throws Error(integrity, not_found), Error(refused) for a foreign contract.
  static std::shared_ptr<const Policy> load(const std::filesystem::path& file, const std::string& sha256,
                                            const Contract* must_equal = nullptr);

  /// Logits [actions] of one observation [inputs].
  void logits(std::span<const float> observation, std::span<float> out, Scratch& scratch) const;
  float value(std::span<const float> observation, Scratch& scratch) const;
  Decision decide(std::span<const float> observation, Scratch& scratch) const;

  const Contract& contract() const { return checkpoint_.contract; }
  const Lineage& lineage() const { return checkpoint_.lineage; }
  const std::string& sha256() const { return sha256_; }

 private:
  Checkpoint checkpoint_;
  std::string sha256_;
};

}  // namespace ctt::policy
