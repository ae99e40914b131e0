#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/time.h"
#include "cmd/shell/terminal.h"
#include "store/experiments.h"

namespace ctt::cmd {

/// The fields of an experiment, in the object that `json` stands in.
void add_experiment(base::JsonWriter& json, const store::Experiment& experiment);

/// A number of a JSON object of metrics, or NaN.
double number_in(const std::optional<std::string>& object, const char* key);

/// Three digits behind the point; `-` for what is no number.
std::string fixed(double number);

Style style_of(store::ExperimentStatus status);

/// How long it took, or has taken so far, in words.
std::string duration(const store::Experiment& experiment, base::Instant now);

}  // namespace ctt::cmd
