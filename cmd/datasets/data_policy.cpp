#include "cmd/datasets/data_policy.h"

#include <charconv>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"

namespace ctt::cmd {

void declare_data_policy(CLI::App& app, std::vector<std::string>& words) {
  app.add_option("--data-policy", words,
                 "what a cycle does about a defect of its candles: hole, duplicate, unordered, off_grid, "
                 "zero_volume, revised, not_finite or impossible = fill, mark or block; or "
                 "filled_fraction_max=X, the part of a window that may be filled in; may be repeated")
      ->type_name("DEFECT=WORD");
}

// As the JSON that the policies are read from.
market::DefectPolicies data_policy_of(const std::vector<std::string>& words,
                                      const market::DefectPolicies& before) {
  std::map<std::string, std::string> values;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      throw base::Error(base::Failure::usage,
                        fmt::format("\"{}\" is no policy; an example is hole=block", word));
    }
    values[word.substr(0, equals)] = word.substr(equals + 1);
  }
  base::JsonWriter json;
  json.object();
  for (const auto& [defect, word] : values) {
    double number = 0;
    const auto* end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, number);
    json.key(defect);
    read.ec == std::errc{} && read.ptr == end ? json.value(number) : json.value(word);
  }
  return market::DefectPolicies::parse(json.end().text(), before);
}

}  // namespace ctt::cmd
