#include "market/defects.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"

namespace ctt::market {

namespace {

constexpr auto kDefects = base::names_of<Defect>({{Defect::hole, "hole"},
                                                  {Defect::duplicate, "duplicate"},
                                                  {Defect::unordered, "unordered"},
                                                  {Defect::off_grid, "off_grid"},
                                                  {Defect::zero_volume, "zero_volume"},
                                                  {Defect::revised, "revised"},
                                                  {Defect::not_finite, "not_finite"},
                                                  {Defect::impossible, "impossible"}});
static_assert(kDefects.entries.size() == kDefectCount);
constexpr auto kPolicies = base::names_of<DefectPolicy>(
    {{DefectPolicy::fill, "fill"}, {DefectPolicy::mark, "mark"}, {DefectPolicy::block, "block"}});

constexpr std::size_t index_of(Defect defect) { return static_cast<std::size_t>(defect); }

DefectPolicy parse_policy(const base::JsonValue& value) {
  const auto word = value.as_string();
  if (const auto policy = kPolicies.find(word)) return *policy;
  throw base::Error(base::Failure::usage,
                    fmt::format("{} must be fill, mark or block, not \"{}\"", value.where(), word));
}

}  // namespace

std::string_view name(Defect defect) { return kDefects.name(defect); }

DefectPolicies::DefectPolicies() {
  of.fill(DefectPolicy::block);
  for (const auto repaired : {Defect::hole, Defect::duplicate}) {
    of[index_of(repaired)] = DefectPolicy::fill;
  }
  for (const auto counted : {Defect::zero_volume, Defect::revised}) {
    of[index_of(counted)] = DefectPolicy::mark;
  }
}

DefectPolicies DefectPolicies::parse(std::string_view json, const DefectPolicies& before) {
  auto settings = base::JsonValue::parse(json, "defect policies").as_object();
  auto policies = before;
  for (const auto& [defect, word] : kDefects.entries) {
    if (const auto value = settings.find(word)) policies.of[index_of(defect)] = parse_policy(*value);
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
  for (const auto& [defect, word] : kDefects.entries) json.field(word, kPolicies.name(about(defect)));
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
  for (const auto& [defect, word] : kDefects.entries) {
    if (of(defect) == 0) continue;
    json.key(word).object().field("count", of(defect));
    json.field("first", first[index_of(defect)].value()).end();
  }
  return json.end().text();
}

}  // namespace ctt::market
