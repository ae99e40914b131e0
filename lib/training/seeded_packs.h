#pragma once

#include <string>
#include <vector>

namespace ctt::training {

/// A pack that ctt brings along. `id` is a slug: `quick`, `standard`, `simple-ppo`, ...
struct SeededPack {
  std::string id;
  std::string name;
  std::string description;
  std::string config;  ///< JSON
};

/// All of them, in the order in which `ctt init` stores them.
std::vector<SeededPack> seeded_packs();

}  // namespace ctt::training
