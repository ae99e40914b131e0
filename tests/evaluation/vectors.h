#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/json.h"

/// Check values of papers and of other programs, from `vectors/` of the reference data, and made-up series.
namespace ctt::evaluation {

struct VectorCase {
  std::string name;
  base::JsonObject inputs;
  base::JsonObject expected;
};

/// The cases of `vectors/<file>`; none, and a message that says so, when the reference data is not here.
std::vector<VectorCase> vector_cases(const std::string& file);

/// The numbers of an array; null, with which some series begin, is left out.
std::vector<double> numbers(const base::JsonValue& array);

/// A one-column csv of `vectors/` with a heading.
std::vector<double> column(const std::string& file);

/// n values x_t = phi x_(t-1) + e_t with standard normal e_t, moved by `mean`.
std::vector<double> autoregression(std::size_t n, double phi, std::uint64_t seed, double mean = 0);

/// Compares by the share of the value alone: plain Approx takes 1 for the size of what is smaller.
inline doctest::Approx near(double value) { return doctest::Approx(value).scale(0); }

/// a x + b.
std::vector<double> scaled(std::vector<double> series, double a, double b = 0);

}  // namespace ctt::evaluation
