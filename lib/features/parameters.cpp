#include "features/parameters.h"

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::features {

namespace {

using base::Error;
using base::Failure;
using base::JsonValue;

template <class Number>
Number in_range(const Parameter& parameter, const JsonValue& value, Number number) {
  const auto wide = static_cast<double>(number);
  if (parameter.range.holds(wide) || (parameter.zero_allowed && wide == 0)) return number;
  throw Error(Failure::usage,
              fmt::format("{} must lie between {} and {}{}, not be {}", value.where(), parameter.range.low,
                          parameter.range.high, parameter.zero_allowed ? ", or be 0" : "", number));
}

std::vector<std::int64_t> read_list(const Parameter& parameter, const JsonValue& value) {
  std::vector<std::int64_t> list;
  for (const auto& item : value.as_array()) list.push_back(in_range(parameter, item, item.as_integer()));
  if (list.empty()) throw Error(Failure::usage, fmt::format("{} is empty", value.where()));
  return list;
}

std::string read_word(const Parameter& parameter, const JsonValue& value) {
  auto word = value.as_string();
  if (std::ranges::find(parameter.choices, word) != parameter.choices.end()) return word;
  throw Error(Failure::usage, fmt::format("{} must be {}, not \"{}\"", value.where(),
                                          fmt::join(parameter.choices, " or "), word));
}

std::string_view kind(const Value& value) {
  constexpr std::string_view kKinds[] = {"integer", "number", "boolean", "choice", "integers"};
  return kKinds[value.index()];
}

}  // namespace

Value Parameter::read(base::JsonObject& spec) const {
  const auto value = spec.find(name);
  if (!value) return otherwise;
  if (std::holds_alternative<std::int64_t>(otherwise)) return in_range(*this, *value, value->as_integer());
  if (std::holds_alternative<double>(otherwise)) return in_range(*this, *value, value->as_number());
  if (std::holds_alternative<bool>(otherwise)) return value->as_bool();
  if (std::holds_alternative<std::string>(otherwise)) return read_word(*this, *value);
  return read_list(*this, *value);
}

void write(base::JsonWriter& json, const Value& value) {
  std::visit([&](const auto& content) { json.value(content); }, value);
}

void Parameter::describe(base::JsonWriter& json) const {
  json.object().field("name", name).field("type", kind(otherwise)).key("default");
  write(json, otherwise);
  if (!choices.empty()) {
    json.key("choices").array();
    for (const auto choice : choices) json.value(choice);
    json.end();
  } else if (!std::holds_alternative<bool>(otherwise)) {
    json.key("min")
        .raw(fmt::format("{}", zero_allowed ? 0 : range.low))
        .key("max")
        .raw(fmt::format("{}", range.high));
  }
  json.field("description", description).end();
}

Values::Values(const std::vector<Parameter>& parameters, base::JsonObject& spec) : parameters_(&parameters) {
  for (const auto& parameter : parameters) values_.push_back(parameter.read(spec));
}

Values::Values(const std::vector<Parameter>& parameters) : parameters_(&parameters) {
  for (const auto& parameter : parameters) values_.push_back(parameter.otherwise);
}

const Value& Values::of(std::string_view name) const {
  const auto found = std::ranges::find(*parameters_, name, &Parameter::name);
  if (found == parameters_->end()) throw std::invalid_argument("no such parameter");
  return values_[static_cast<std::size_t>(found - parameters_->begin())];
}

std::size_t Values::period(std::string_view name) const {
  return static_cast<std::size_t>(std::get<std::int64_t>(of(name)));
}

std::vector<std::size_t> Values::periods(std::string_view name) const {
  const auto& list = std::get<std::vector<std::int64_t>>(of(name));
  return {list.begin(), list.end()};
}

void Values::write_fields(base::JsonWriter& json) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    json.key((*parameters_)[i].name);
    write(json, values_[i]);
  }
}

}  // namespace ctt::features
