#include "cmd/features/feature_sets.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "store/seeds.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

std::string every_type() {
  base::JsonWriter specs;
  specs.array();
  for (const auto& type : base::JsonValue::parse(features::catalogue_json(), "features").as_array()) {
    specs.object().field("type", type.as_object().string("type")).end();
  }
  return specs.end().text();
}

}  // namespace

features::FeatureSet feature_set(const std::string& set_or_file) {
  using features::FeatureSet;
  if (set_or_file == "default") return FeatureSet::parse(store::seeded_datasets().front().features);
  if (set_or_file == "all") return FeatureSet::parse(every_type());
  const bool is_word = set_or_file.find_first_of("./") == std::string::npos;
  if (is_word && !std::filesystem::exists(set_or_file)) {
    throw Error(Failure::usage,
                fmt::format("\"{}\" is neither a feature set{} nor a file; the sets are default and all",
                            set_or_file, base::did_you_mean(set_or_file, {"default", "all"})));
  }
  return FeatureSet::parse(base::read_file(set_or_file), set_or_file);
}

}  // namespace ctt::cmd
