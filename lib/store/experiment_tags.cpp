#include "store/experiment_tags.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

bool holds(std::span<const std::string> tags, const std::string& tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

}  // namespace

bool is_kept_tag(std::string_view tag) {
  return tag == "continuous" || tag == "no_deploy" || tag.starts_with("cycle:") ||
         tag.starts_with("schedule:");
}

void require_free_tags(std::span<const std::string> tags) {
  for (const auto& tag : tags) {
    if (is_kept_tag(tag)) throw Error(Failure::refused, fmt::format("the tag {} is kept by ctt itself", tag));
    if (tag.empty() || tag.find_first_of(" \t\n,") != std::string::npos)
      throw Error(Failure::usage, fmt::format("\"{}\" is no tag: use a word or key=value", tag));
  }
}

std::vector<std::string> with_tags(std::span<const std::string> before, std::span<const std::string> wanted) {
  std::vector<std::string> fresh, after;
  for (const auto& tag : before) {
    if (is_kept_tag(tag)) after.push_back(tag);
  }
  for (const auto& tag : wanted) {
    if (!holds(before, tag)) fresh.push_back(tag);
    if (!holds(after, tag)) after.push_back(tag);
  }
  require_free_tags(fresh);
  return after;
}

}  // namespace ctt::store
