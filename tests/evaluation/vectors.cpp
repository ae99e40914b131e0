#include "vectors.h"

#include <fstream>

#include "base/files.h"
#include "base/random.h"
#include "support/reference.h"

namespace ctt::evaluation {

std::vector<VectorCase> vector_cases(const std::string& file) {
  const auto path = support::reference("vectors/" + file);
  if (!path) return {};
  auto document = base::JsonValue::parse(base::read_file(*path), file).as_object();
  std::vector<VectorCase> out;
  for (const auto& value : document.at("cases").as_array()) {
    auto object = value.as_object();
    out.push_back(
        {object.string("name"), object.at("inputs").as_object(), object.at("expected").as_object()});
  }
  REQUIRE(!out.empty());
  return out;
}

std::vector<double> numbers(const base::JsonValue& array) {
  std::vector<double> out;
  for (const auto& value : array.as_array()) {
    if (!value.is_null()) out.push_back(value.as_number());
  }
  return out;
}

std::vector<double> column(const std::string& file) {
  std::vector<double> out;
  const auto path = support::reference("vectors/" + file);
  if (!path) return out;
  std::ifstream in(*path);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) out.push_back(std::stod(line));
  return out;
}

std::vector<double> autoregression(std::size_t n, double phi, std::uint64_t seed, double mean) {
  base::Random random(seed);
  std::vector<double> out(n);
  double value = random.normal() / std::sqrt(1 - phi * phi);
  for (double& x : out) {
    x = mean + value;
    value = phi * value + random.normal();
  }
  return out;
}

std::vector<double> scaled(std::vector<double> series, double a, double b) {
  for (double& value : series) value = a * value + b;
  return series;
}

}  // namespace ctt::evaluation
