#pragma once

#include <string>
#include <string_view>

#include "learning/adam.h"
#include "policy/network.h"

namespace ctt::learning {

/// What a training hands to the next one beside the policy: only the learner opens it.
struct OptimizerFile {
  policy::NetworkShape network;
  std::string checkpoint_sha256;  ///< of the policy file it was written with
  AdamState adam;
  double kl_coeff = 0;
};

/// The bytes of a safetensors file (docs/checkpoint.md): `first.<parameter>` and `second.<parameter>`
/// for every parameter of the network. Equal content gives equal bytes.
std::string encode(const OptimizerFile& file);

/// Reads such bytes for `network` and the policy file `checkpoint_sha256`. Throws Error(integrity):
/// damaged, of another network or written with another policy.
OptimizerFile decode_optimizer(std::string_view bytes, const std::string& where,
                               const policy::NetworkShape& network, const std::string& checkpoint_sha256);

}  // namespace ctt::learning
