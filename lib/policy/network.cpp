#include "policy/network.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/names.h"

namespace ctt::policy {

namespace {

using Parameters = std::vector<NetworkShape::Parameter>;

void add_layer(Parameters& parameters, const std::string& name, std::size_t inputs, std::size_t outputs) {
  parameters.push_back({name + ".weight", {outputs, inputs}});
  parameters.push_back({name + ".bias", {outputs}});
}

void add_hidden(Parameters& parameters, const std::string& net, const NetworkShape& shape) {
  std::size_t inputs = shape.inputs;
  for (std::size_t i = 0; i < shape.hidden.size(); ++i) {
    add_layer(parameters, fmt::format("{}.{}", net, i), inputs, shape.hidden[i]);
    inputs = shape.hidden[i];
  }
}

constexpr auto kActivations =
    base::names_of<Activation>({{Activation::tanh, "tanh"}, {Activation::relu, "relu"}});

}  // namespace

Activation parse_activation(std::string_view name) {
  if (const auto activation = kActivations.find(name)) return *activation;
  throw base::Error(base::Failure::usage, fmt::format("\"{}\" is no activation; use tanh or relu", name));
}

std::string_view name(Activation activation) { return kActivations.name(activation); }

std::size_t NetworkShape::Parameter::size() const {
  std::size_t size = 1;
  for (const std::size_t n : shape) size *= n;
  return size;
}

std::vector<NetworkShape::Parameter> NetworkShape::parameters() const {
  const std::size_t last = hidden.empty() ? inputs : hidden.back();
  Parameters all;
  add_hidden(all, shared ? "trunk" : "policy", *this);
  add_layer(all, "policy.logits", last, actions);
  if (!shared) add_hidden(all, "value", *this);
  add_layer(all, "value.out", last, 1);
  return all;
}

std::size_t NetworkShape::parameter_count() const {
  std::size_t count = 0;
  for (const auto& parameter : parameters()) count += parameter.size();
  return count;
}

}  // namespace ctt::policy
