#include "base/files.h"
#include "features/features.h"
#include "market/csv.h"
#include "support/reference.h"

using namespace ctt;

namespace {

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> found(1);
  for (const char c : line) {
    if (c == ',') {
      found.emplace_back();
    } else if (c != '\r') {
      found.back() += c;
    }
  }
  return found;
}

std::vector<std::vector<std::string>> table(const std::filesystem::path& file) {
  const auto text = base::read_file(file);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    rows.push_back(cells(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return rows;
}

bool agree(const std::string& expected, double found) {
  if (expected.empty() || std::isnan(found)) return expected.empty() && std::isnan(found);
  return std::abs(std::stod(expected) - found) <= 1e-9;
}

// Every cell of the reference, the empty ones too; the timestamps are its first column.
void check_against(const std::string& name) {
  const auto reference = support::reference("golden/" + name + ".csv");
  const auto specs = support::reference("golden/" + name + ".json");
  const auto candles = support::reference("golden/candles.csv");
  if (!reference || !specs || !candles) return;

  const auto features = features::FeatureSet::parse(base::read_file(*specs), name);
  const auto found = features::compute(features, market::read_csv(*candles));
  const auto expected = table(*reference);

  auto columns = features.columns();
  columns.insert(columns.begin(), "timestamp");
  REQUIRE(expected[0] == columns);
  REQUIRE(expected.size() == found.rows + 1);
  std::size_t disagreements = 0;
  for (std::size_t row = 0; row < found.rows; ++row) {
    for (std::size_t column = 0; column < found.columns; ++column) {
      const auto& cell = expected[row + 1][column + 1];
      if (agree(cell, found.at(row, column))) continue;
      ++disagreements;
      CAPTURE(row);
      CAPTURE(features.columns()[column]);
      CHECK(cell == fmt::format("{}", found.at(row, column)));
      if (disagreements > 10) return;
    }
  }
  CHECK(disagreements == 0);
}

}  // namespace

TEST_CASE("the features with their defaults agree with the reference numbers") {
  check_against("features-defaults");
}

TEST_CASE("the features with other parameters agree with the reference numbers") {
  check_against("features-custom");
}
