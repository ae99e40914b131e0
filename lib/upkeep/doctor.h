#pragma once

#include <string>
#include <vector>

#include "store/state_context.h"

namespace ctt::upkeep {

/// What one look at a state directory found.
struct Finding {
  enum class Grade { ok, warning, problem };
  Grade grade = Grade::ok;
  std::string
      check;  ///< `database`, `home`, `disk`, `clock`, `locks`, `timer`, `schedule`, `models`, `trader`, `costs`
  std::string text;  ///< a sentence
  std::string fix;   ///< a command, or what to do; empty when ok
};

/// The checks by name, in the order in which they are made.
const std::vector<std::string>& doctor_checks();

/// Makes one check; most give one finding a schedule or model that needs a word, or a single `ok`.
/// Reads only, and asks running traders how they are.
/// Throws std::invalid_argument for a name that is no check.
std::vector<Finding> examine(const std::string& check, const store::StateContext& context);

}  // namespace ctt::upkeep
