#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ctt::training {

/// A pack's JSON with settings changed: `lr=0.001`, `fill=close`, `model.fcnet_hiddens=[64,64]`,
/// `grad_clip=null` to take one out. A dot goes into an object, which is made when it is missing; a
/// value that is no JSON is a word. Whether the settings exist and fit is for Pack::parse to say.
/// `where` names the JSON in errors. Throws Error(usage) for text that is no `key=value`.
std::string with_settings(const std::string& config, const std::vector<std::string>& settings,
                          const std::string& where);

/// The settings one by one, nested ones with dots, values as JSON: `{"model.fcnet_hiddens", "[64,64]"}`.
std::vector<std::pair<std::string, std::string>> flattened(const std::string& config);

}  // namespace ctt::training
