#include "report/verdict_words.h"

#include <algorithm>

namespace ctt::report {

std::string verdict_words(std::string_view verdict) {
  std::string words(verdict);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string verdict_with_sign(std::string_view verdict) {
  const std::string_view sign = verdict == "better"      ? "\u25B2\u00A0"
                                : verdict == "worse"     ? "\u25BC\u00A0"
                                : verdict == "undecided" ? "\u2248\u00A0"
                                                         : "\u2013\u00A0";
  return std::string(sign) + verdict_words(verdict);
}

}  // namespace ctt::report
