#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// Labels that cycles give their experiments, and others find them by: `continuous`, `cycle:17`, `schedule:btc`, and
/// `no_deploy`, by which a recovery knows that the model is only to be published.
bool is_kept_tag(std::string_view tag);

/// Throws Error(refused) when one of the labels is kept by ctt, Error(usage) when one is no word or `key=value`.
void require_free_tags(std::span<const std::string> tags);

/// What a person's labels become on an experiment that has `before`: those that ctt keeps stay, in front; the others
/// are exactly `wanted`, each once. Throws as `require_free_tags` for what `before` does not have already.
std::vector<std::string> with_tags(std::span<const std::string> before, std::span<const std::string> wanted);

}  // namespace ctt::store
