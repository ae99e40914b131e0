#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::base {

/// What went wrong, in the classes an operator acts on. Each has one exit status and one code.
enum class Failure {
  internal,      ///< a bug or the operating system: exit 1
  usage,         ///< unknown word, bad value: exit 2
  not_found,     ///< schedule, experiment, model, dataset, pack, file: exit 3
  keys,          ///< broker keys missing, refused or too open: exit 4
  refused,       ///< a rule says no: gate, contract, frozen, halted: exit 5
  data_blocked,  ///< gaps, too few bars, bad bars: exit 6
  unreachable,   ///< network or peer gone after retries: exit 7
  integrity,     ///< hash mismatch, damaged or newer database: exit 8
  findings,      ///< finished, but with findings: exit 10
  busy,          ///< another training or trader holds the lock: exit 75
};

int exit_status(Failure failure);

/// `E_NOT_FOUND` and so on: the name a script matches.
std::string_view code(Failure failure);

/// The reason a piece of work cannot go on: one sentence that names the thing, optionally why it
/// is so, and commands that mend it.
///
///     throw Error(Failure::not_found, "no schedule is called \"btx\"").fix("ctt schedule list");
class Error : public std::runtime_error {
 public:
  Error(Failure failure, const std::string& sentence) : std::runtime_error(sentence), failure_(failure) {}

  Error&& why(std::string reason) && {
    why_ = std::move(reason);
    return std::move(*this);
  }
  Error&& fix(std::string command) && {
    fixes_.push_back(std::move(command));
    return std::move(*this);
  }

  Failure failure() const { return failure_; }
  const std::string& why() const& { return why_; }
  const std::vector<std::string>& fixes() const { return fixes_; }

 private:
  Failure failure_;
  std::string why_;
  std::vector<std::string> fixes_;
};

/// The entry of `known` that `word` was probably meant to be, or an empty text when none is near
/// (more than a third of its letters differ, by Damerau-Levenshtein distance).
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// ` (did you mean "x"?)` or an empty text: the tail of a sentence about an unknown word.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace ctt::base
