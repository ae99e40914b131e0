#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "market/window.h"

namespace ctt::market {

namespace {

constexpr std::array<std::string_view, kDefectCount> kNames{
    "hole", "duplicate", "unordered", "off_grid", "zero_volume", "revised", "not_finite", "impossible"};
constexpr auto kPolicies = base::names_of<DefectPolicy>(
    {{DefectPolicy::fill, "fill"}, {DefectPolicy::mark, "mark"}, {DefectPolicy::block, "block"}});

DefectPolicy parse_policy(const base::JsonValue& value) {
  const auto word = value.as_string();
  if (const auto policy = kPolicies.find(word)) return *policy;
  throw base::Error(base::Failure::usage,
                    fmt::format("{} must be fill, mark or block, not \"{}\"", value.where(), word));
}

}  // namespace

std::string_view name(Defect defect) { return kNames[static_cast<std::size_t>(defect)]; }

DefectPolicies::DefectPolicies() {
  of.fill(DefectPolicy::block);
  for (const auto repaired : {Defect::hole, Defect::duplicate}) {
    of[static_cast<std::size_t>(repaired)] = DefectPolicy::fill;
  }
  for (const auto counted : {Defect::zero_volume, Defect::revised}) {
    of[static_cast<std::size_t>(counted)] = DefectPolicy::mark;
  }
}

DefectPolicies DefectPolicies::parse(std::string_view json, const DefectPolicies& before) {
  auto settings = base::JsonValue::parse(json, "defect policies").as_object();
  auto policies = before;
  for (std::size_t defect = 0; defect < kDefectCount; ++defect) {
    if (const auto value = settings.find(kNames[defect])) policies.of[defect] = parse_policy(*value);
  }
  policies.filled_fraction_max = settings.number("filled_fraction_max", policies.filled_fraction_max);
  settings.finish();
  if (!(policies.filled_fraction_max >= 0 && policies.filled_fraction_max <= 1))
    throw base::Error(base::Failure::usage, "filled_fraction_max must be from 0 to 1");
  return policies;
}

std::string DefectPolicies::json() const {
  base::JsonWriter json;
  json.object();
  for (std::size_t defect = 0; defect < kDefectCount; ++defect) {
    json.field(kNames[defect], kPolicies.name(of[defect]));
  }
  return json.field("filled_fraction_max", filled_fraction_max).end().text();
}

std::size_t DefectReport::total() const {
  std::size_t sum = 0;
  for (const auto met : count) sum += met;
  return sum;
}

std::string DefectReport::json() const {
  base::JsonWriter json;
  json.object();
  for (std::size_t defect = 0; defect < kDefectCount; ++defect) {
    if (count[defect] == 0) continue;
    json.key(kNames[defect]).object().field("count", count[defect]);
    json.field("first", first[defect].value()).end();
  }
  return json.end().text();
}

}  // namespace ctt::market
