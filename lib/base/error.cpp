#include "base/error.h"

#include <algorithm>
#include <array>

namespace ctt::base {

namespace {

constexpr std::size_t kPrefixMin = 4;  // letters

struct Class {
  int exit_status;
  std::string_view code;
};

Class describe(Failure failure) {
  switch (failure) {
    case Failure::internal:
      return {1, "E_INTERNAL"};
    case Failure::usage:
      return {2, "E_USAGE"};
    case Failure::not_found:
      return {3, "E_NOT_FOUND"};
    case Failure::keys:
      return {4, "E_KEYS"};
    case Failure::refused:
      return {5, "E_REFUSED"};
    case Failure::data_blocked:
      return {6, "E_DATA_BLOCKED"};
    case Failure::unreachable:
      return {7, "E_UNREACHABLE"};
    case Failure::integrity:
      return {8, "E_INTEGRITY"};
    case Failure::findings:
      return {10, "E_FINDINGS"};
    case Failure::busy:
      return {75, "E_BUSY"};
  }
  return {1, "E_INTERNAL"};
}

// Edits between two words, a swap of neighbours counted as one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

int exit_status(Failure failure) { return describe(failure).exit_status; }

std::string_view code(Failure failure) { return describe(failure).code; }

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::size_t edits = distance(word, candidate);
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  // What was cut short, `--sched`, is farther from the whole than a third of its letters.
  const auto begins = [&](const std::string& name) { return name.starts_with(word); };
  const bool one = word.size() >= kPrefixMin && std::ranges::count_if(known, begins) == 1;
  const auto best = one ? *std::ranges::find_if(known, begins) : nearest(word, known);
  return best.empty() ? "" : " (did you mean \"" + best + "\"?)";
}

}  // namespace ctt::base
