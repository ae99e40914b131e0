#include "features/features.h"

#include <fmt/format.h>

#include "base/error.h"
#include "features/type.h"

namespace ctt::features {

namespace {

using base::Error;
using base::Failure;

const Type& type_of(base::JsonObject& spec) {
  const auto name = spec.string("type");
  const auto found = std::ranges::find(types(), name, &Type::name);
  if (found != types().end()) return *found;
  std::vector<std::string> known;
  for (const auto& type : types()) known.emplace_back(type.name);
  throw Error(Failure::usage,
              fmt::format("{}: unknown type \"{}\"{}", spec.where(), name, base::did_you_mean(name, known)));
}

FeatureSet::Spec read_spec(const base::JsonValue& value) {
  auto json = value.as_object();
  const auto& type = type_of(json);
  FeatureSet::Spec spec{&type, Values(type.parameters, json)};
  json.finish();
  if (const auto objection = type.objection(spec.values); !objection.empty()) {
    throw Error(Failure::usage, fmt::format("{} ({}): {}", json.where(), type.name, objection));
  }
  return spec;
}

}  // namespace

FeatureSet FeatureSet::parse(std::string_view json, const std::string& where) {
  FeatureSet set;
  for (const auto& value : base::JsonValue::parse(json, where).as_array()) {
    set.specs_.push_back(std::make_shared<const Spec>(read_spec(value)));
    for (auto& column : set.specs_.back()->columns()) {
      if (std::ranges::find(set.columns_, column) != set.columns_.end()) {
        throw Error(Failure::usage, fmt::format("{}: the column {} is there already", value.where(), column));
      }
      set.columns_.push_back(std::move(column));
    }
  }
  if (set.specs_.empty())
    throw Error(Failure::usage, fmt::format("{}: at least one feature is needed", where));
  return set;
}

const std::vector<std::string>& FeatureSet::columns() const { return columns_; }

std::size_t FeatureSet::warm_up_rows() const {
  std::size_t rows = 0;
  for (const auto& spec : specs_) rows = std::max(rows, spec->type->warm_up_rows(spec->values));
  return rows;
}

std::string FeatureSet::json() const {
  base::JsonWriter json;
  json.array();
  for (const auto& spec : specs_) {
    json.object().field("type", spec->type->name);
    spec->values.write_fields(json);
    json.end();
  }
  return json.end().text();
}

struct FeatureStream::State {
  struct Part {
    std::unique_ptr<Computation> computation;
    std::size_t first_column;
    std::size_t columns;
  };

  explicit State(const FeatureSet& features) : row(features.columns().size()) {
    std::size_t column = 0;
    for (const auto& spec : features.specs()) {
      parts.push_back({spec->type->start(spec->values), column, spec->columns().size()});
      column += parts.back().columns;
    }
  }

  void push(const market::Candle& candle, std::span<double> out) {
    std::ranges::fill(out, kNaN);
    for (auto& part : parts) part.computation->push(candle, out.subspan(part.first_column, part.columns));
    for (auto& value : out) {
      if (std::isinf(value)) value = kNaN;
    }
  }

  std::vector<Part> parts;
  std::vector<double> row;
};

FeatureStream::FeatureStream(const FeatureSet& features) : state_(std::make_unique<State>(features)) {}
FeatureStream::~FeatureStream() = default;
FeatureStream::FeatureStream(FeatureStream&&) noexcept = default;
FeatureStream& FeatureStream::operator=(FeatureStream&&) noexcept = default;

std::span<const double> FeatureStream::push(const market::Candle& candle) {
  state_->push(candle, state_->row);
  return state_->row;
}

FeatureMatrix compute(const FeatureSet& features, std::span<const market::Candle> candles) {
  const auto columns = features.columns().size();
  FeatureMatrix matrix{candles.size(), columns, std::vector<double>(candles.size() * columns)};
  FeatureStream stream(features);
  for (std::size_t row = 0; row < candles.size(); ++row) {
    std::ranges::copy(stream.push(candles[row]),
                      matrix.values.begin() + static_cast<std::ptrdiff_t>(row * columns));
  }
  return matrix;
}

}  // namespace ctt::features
