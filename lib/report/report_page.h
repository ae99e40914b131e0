#pragma once

#include <string>
#include <vector>

namespace ctt::report {

/// The page of a result: one HTML file that needs nothing else. It loads nothing and runs nothing, follows
/// the reader's choice of light or dark, and prints.
///
/// `result_json` is a `ctt.replay.result/1` document. Every number of it that is shown stands beside its
/// exact value (`<data value>`); what it does not have is left out. Throws what `read_document` throws.
std::string report_page(const std::string& result_json);

/// A chart of the page as a file of its own.
struct NamedPicture {
  std::string
      name;  ///< `equity`, `drawdown`, `difference`, `comparisons`, `random`, `months`, `trades`, `gate`
  std::string svg;
};

/// The charts that the document has data for; with a grid those of its first point.
std::vector<NamedPicture> pictures(const std::string& result_json);

}  // namespace ctt::report
