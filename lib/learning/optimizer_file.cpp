#include "learning/optimizer_file.h"

#include "base/error.h"
#include "base/json.h"
#include "policy/safetensors.h"

namespace ctt::learning {

namespace {

using base::Error;
using base::Failure;

constexpr auto kFormat = "ctt.optimizer/1";

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(Failure::integrity, fmt::format("{} is damaged: {}", where, what));
}

void add(policy::TensorFile& file, const std::string& prefix, const policy::NetworkShape& network,
         const std::vector<float>& values) {
  auto from = values.begin();
  for (const auto& parameter : network.parameters()) {
    const auto to = from + static_cast<std::ptrdiff_t>(parameter.size());
    file.tensors.push_back({prefix + parameter.name, parameter.shape, {from, to}});
    from = to;
  }
}

// Takes the tensors of one moment from `tensors`, beginning at `next`.
std::vector<float> take(const std::vector<policy::Tensor>& tensors, std::size_t& next,
                        const std::string& prefix, const policy::NetworkShape& network,
                        const std::string& where) {
  std::vector<float> values;
  for (const auto& parameter : network.parameters()) {
    if (next >= tensors.size() || tensors[next].name != prefix + parameter.name ||
        tensors[next].shape != parameter.shape) {
      refuse(where, fmt::format("tensor {} is not the network's {}{}", next, prefix, parameter.name));
    }
    values.insert(values.end(), tensors[next].values.begin(), tensors[next].values.end());
    ++next;
  }
  return values;
}

void read_state(const std::string& text, OptimizerFile& file, const std::string& where) {
  auto json = base::JsonValue::parse(text, where).as_object();
  const auto step = json.integer("step");
  file.checkpoint_sha256 = json.string("checkpoint_sha256");
  file.adam.learning_rate = json.number("learning_rate");
  file.kl_coeff = json.number("kl_coeff");
  json.finish();
  if (step < 0 || file.adam.learning_rate <= 0 || file.kl_coeff < 0)
    refuse(where, "its numbers are out of range");
  file.adam.step = static_cast<std::uint64_t>(step);
}

std::string text(const std::map<std::string, std::string>& metadata, const char* key,
                 const std::string& where) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) refuse(where, fmt::format("its metadata lack \"{}\"", key));
  return found->second;
}

}  // namespace

std::string encode(const OptimizerFile& file) {
  base::JsonWriter state;
  state.object().field("step", file.adam.step).field("learning_rate", file.adam.learning_rate);
  state.field("kl_coeff", file.kl_coeff).field("checkpoint_sha256", file.checkpoint_sha256).end();
  policy::TensorFile tensors;
  tensors.metadata = {{"format", kFormat}, {"state", state.text()}};
  add(tensors, "first.", file.network, file.adam.first);
  add(tensors, "second.", file.network, file.adam.second);
  return policy::encode_tensors(tensors);
}

OptimizerFile decode_optimizer(std::string_view bytes, const std::string& where,
                               const policy::NetworkShape& network, const std::string& checkpoint_sha256) {
  const auto tensors = policy::decode_tensors(bytes, where);
  if (tensors.metadata.size() != 2 || text(tensors.metadata, "format", where) != kFormat) {
    refuse(where, fmt::format("its format is not \"{}\"", kFormat));
  }
  OptimizerFile file;
  file.network = network;
  try {
    read_state(text(tensors.metadata, "state", where), file, where);
  } catch (const Error& error) {
    if (error.failure() == Failure::integrity) throw;
    refuse(where, error.what());
  }
  if (file.checkpoint_sha256 != checkpoint_sha256) {
    throw Error(Failure::integrity, fmt::format("{} was written with the policy {}, not with {}", where,
                                                file.checkpoint_sha256, checkpoint_sha256));
  }
  std::size_t next = 0;
  file.adam.first = take(tensors.tensors, next, "first.", network, where);
  file.adam.second = take(tensors.tensors, next, "second.", network, where);
  if (next != tensors.tensors.size()) refuse(where, "it has tensors that belong to no parameter");
  for (const float square : file.adam.second) {
    if (square < 0) refuse(where, "a mean of squares is negative");
  }
  return file;
}

}  // namespace ctt::learning
