#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/contract.h"

namespace ctt::policy {

/// An observation with the logits the network gave for it when it was saved.
struct Probe {
  std::vector<float> observation;
  std::vector<float> logits;
};

/// A policy file in memory: contract, lineage, probes and weights in the order of
/// `contract.network.parameters()`.
struct Checkpoint {
  Contract contract;
  Lineage lineage;
  std::vector<Probe> probes;
  std::vector<float> weights;  ///< flat, [parameter_count]
};

/// The bytes of a safetensors file (docs/checkpoint.md). Equal checkpoints give equal bytes.
/// Throws std::invalid_argument when the weights do not fill the network or are not finite.
std::string encode(const Checkpoint& checkpoint);

/// Reads and checks a safetensors file: strict header, exact tensor set, shapes, contiguous
/// offsets, finite values, probes reproduced within 1e-4. Throws Error(integrity) that says which
/// check failed.
Checkpoint decode(std::string_view bytes, const std::string& where);

/// Reads `file`, whose content must have this sha256 when one is given. Throws Error(not_found),
/// Error(integrity).
Checkpoint load(const std::filesystem::path& file, std::optional<std::string> sha256 = std::nullopt);

/// Publishes a checkpoint as `<directory>/<sha256>.safetensors`, mode 0400, and returns the sha256.
/// Once there, a second time changes nothing; a damaged file of that name is replaced.
std::string publish(const std::string& bytes, const std::filesystem::path& directory);

}  // namespace ctt::policy
