#include "policy/checkpoint.h"

#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/sha256.h"
#include "policy/forward.h"
#include "policy/safetensors.h"

namespace ctt::policy {

namespace {

using base::Error;
using base::Failure;

constexpr auto kFormat = "ctt.checkpoint/1";
constexpr float kProbeTolerance = 1e-4F;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(Failure::integrity, fmt::format("{} is damaged: {}", where, what));
}

// The shortest decimals that read back as the same float32.
std::string decimals(const std::vector<float>& values) { return fmt::format("[{}]", fmt::join(values, ",")); }

std::string probes_json(const std::vector<Probe>& probes) {
  base::JsonWriter json;
  json.array();
  for (const auto& probe : probes) {
    json.object().raw_field("observation", decimals(probe.observation));
    json.raw_field("logits", decimals(probe.logits)).end();
  }
  return json.end().text();
}

std::vector<float> read_floats(const base::JsonValue& list, std::size_t count) {
  std::vector<float> values;
  for (const auto& item : list.as_array()) values.push_back(static_cast<float>(item.as_number()));
  if (values.size() != count) {
    throw Error(Failure::usage, fmt::format("{} has {} numbers, not {}", list.where(), values.size(), count));
  }
  return values;
}

std::vector<Probe> parse_probes(const std::string& text, const NetworkShape& shape,
                                const std::string& where) {
  std::vector<Probe> probes;
  for (const auto& item : base::JsonValue::parse(text, where).as_array()) {
    auto json = item.as_object();
    Probe probe;
    probe.observation = read_floats(json.at("observation"), shape.inputs);
    probe.logits = read_floats(json.at("logits"), shape.actions);
    json.finish();
    probes.push_back(std::move(probe));
  }
  return probes;
}

bool finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

// The text of a metadata key, taken out, so that what remains at the end is unknown.
std::string take(std::map<std::string, std::string>& metadata, const char* key, const std::string& where) {
  const auto node = metadata.extract(key);
  if (node.empty()) refuse(where, fmt::format("its metadata lack \"{}\"", key));
  return node.mapped();
}

std::vector<float> join(const std::vector<Tensor>& tensors, const NetworkShape& shape,
                        const std::string& where) {
  const auto parameters = shape.parameters();
  if (tensors.size() != parameters.size()) {
    refuse(where, fmt::format("it has {} tensors, not {}", tensors.size(), parameters.size()));
  }
  std::vector<float> weights;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].name != parameters[i].name) {
      refuse(where, fmt::format("tensor {} is {}, not {}", i, tensors[i].name, parameters[i].name));
    }
    if (tensors[i].shape != parameters[i].shape) {
      refuse(where, fmt::format("{} has another shape than its network", tensors[i].name));
    }
    weights.insert(weights.end(), tensors[i].values.begin(), tensors[i].values.end());
  }
  return weights;
}

void reproduce_probes(const Checkpoint& checkpoint, const std::string& where) {
  const Forward forward(checkpoint.contract.network, checkpoint.weights);
  Forward::Scratch scratch;
  std::vector<float> logits(checkpoint.contract.network.actions);
  for (std::size_t p = 0; p < checkpoint.probes.size(); ++p) {
    const auto& probe = checkpoint.probes[p];
    forward.run(probe.observation, 1, logits, {}, scratch);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      // Written so that a difference that is not a number fails too.
      const float tolerance = kProbeTolerance * std::max(1.0F, std::abs(probe.logits[i]));
      if (std::abs(logits[i] - probe.logits[i]) <= tolerance) continue;
      refuse(where, fmt::format("probe {} gives {} for action {}, not {}", p, logits[i], i, probe.logits[i]));
    }
  }
}

Checkpoint assemble(TensorFile file, const std::string& where) {
  if (const auto format = take(file.metadata, "format", where); format != kFormat) {
    refuse(where, fmt::format("its format is \"{}\", not \"{}\"", format, kFormat));
  }
  Checkpoint checkpoint;
  checkpoint.contract = Contract::parse(take(file.metadata, "contract", where), where);
  checkpoint.lineage = Lineage::parse(take(file.metadata, "lineage", where), where);
  checkpoint.probes = parse_probes(take(file.metadata, "probes", where), checkpoint.contract.network, where);
  if (!file.metadata.empty())
    refuse(where, fmt::format("unknown metadata \"{}\"", file.metadata.begin()->first));
  checkpoint.weights = join(file.tensors, checkpoint.contract.network, where);
  if (checkpoint.probes.empty()) refuse(where, "it has no probes");
  reproduce_probes(checkpoint, where);
  return checkpoint;
}

}  // namespace

std::string encode(const Checkpoint& checkpoint) {
  const auto& shape = checkpoint.contract.network;
  if (checkpoint.weights.size() != shape.parameter_count() || !finite(checkpoint.weights)) {
    throw std::invalid_argument("a checkpoint's weights must fill its network and be finite");
  }
  for (const auto& probe : checkpoint.probes) {
    if (probe.observation.size() != shape.inputs || probe.logits.size() != shape.actions ||
        !finite(probe.observation) || !finite(probe.logits)) {
      throw std::invalid_argument("a probe must fit the network and be finite");
    }
  }
  TensorFile file;
  file.metadata = {{"format", kFormat},
                   {"contract", checkpoint.contract.json()},
                   {"lineage", checkpoint.lineage.json()},
                   {"probes", probes_json(checkpoint.probes)}};
  auto from = checkpoint.weights.begin();
  for (const auto& parameter : shape.parameters()) {
    const auto to = from + static_cast<std::ptrdiff_t>(parameter.size());
    file.tensors.push_back({parameter.name, parameter.shape, {from, to}});
    from = to;
  }
  return encode_tensors(file);
}

Checkpoint decode(std::string_view bytes, const std::string& where) {
  auto file = decode_tensors(bytes, where);
  try {
    return assemble(std::move(file), where);
  } catch (const Error& error) {
    if (error.failure() == Failure::integrity) throw;
    refuse(where, error.what());
  }
}

Checkpoint load(const std::filesystem::path& file, std::optional<std::string> sha256) {
  const auto bytes = base::read_file(file);
  if (const auto found = base::sha256(bytes); sha256 && found != *sha256) {
    throw Error(Failure::integrity,
                fmt::format("{} has sha256 {}, not {}; it is not the file that was published", file.string(),
                            found, *sha256))
        .fix("ctt models verify");
  }
  return decode(bytes, file.string());
}

std::string publish(const std::string& bytes, const std::filesystem::path& directory) {
  auto sha256 = base::sha256(bytes);
  const auto file = directory / (sha256 + ".safetensors");
  std::error_code ignored;
  const bool there = std::filesystem::exists(file, ignored) && base::sha256_of(file) == sha256;
  if (!there) base::write_file_atomically(file, bytes, 0400);
  return sha256;
}

}  // namespace ctt::policy
