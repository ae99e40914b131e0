#pragma once

#include <string>
#include <string_view>

namespace ctt::report {

/// `not compared` for `not_compared`: the word for people.
std::string verdict_words(std::string_view verdict);

/// The word behind a sign of its own, so that neither needs its colour: `▲ better`.
std::string verdict_with_sign(std::string_view verdict);

}  // namespace ctt::report
