#include "store/experiment_search.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "store/sql.h"

namespace ctt::store {

namespace {

constexpr auto kLike =
    "FROM experiments WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR script = ?2) "
    "AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?3)) "
    "AND (NOT ?4 OR checkpoint_sha256 NOT NULL) "
    "AND (json_array_length(?5) = 0 OR NOT EXISTS (SELECT 1 FROM (SELECT lower(name || ' ' || "
    "experiments.id || ' ' || coalesce(hp_pack_id, '') || ' ' || coalesce(dataset_id, '') || ' ' || tags || "
    "' ' || coalesce(message, '')) AS text LIMIT 1) AS searched "
    "CROSS JOIN json_each(?5) AS word WHERE instr(searched.text, word.value) = 0))";

constexpr std::size_t kWordsMax = 16;

// Each different word once, in small letters as SQLite's lower() makes them: of a to z only.
std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::set<std::string> words;
  for (std::string word; stream >> word;) {
    std::ranges::transform(word, word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    words.insert(std::move(word));
    if (words.size() > kWordsMax)
      throw base::Error(base::Failure::usage, fmt::format("a search has at most {} words", kWordsMax));
  }
  return {words.begin(), words.end()};
}

struct SortKey {
  std::string expression;  ///< ?6 is the moment up to which a running one has taken time, ?7 the metric
  std::optional<std::string> metric = {};
};

// What rows are ordered by. A metric's name is bound, so that all of them share one prepared statement.
SortKey key_of(const std::string& order_by) {
  if (order_by == "name") return {"name COLLATE NOCASE"};
  if (order_by == "tags") return {"nullif(tags, '[]') COLLATE NOCASE"};
  if (order_by == "took") return {"coalesce(completed_at, ?6) - started_at"};
  for (const auto* column : {"status", "started_at", "hp_pack_id", "dataset_id", "total_iterations"}) {
    if (order_by == column) return {order_by};
  }
  // A plain name alone: everything else could reach other parts of the document.
  const bool plain = !order_by.empty() && std::ranges::all_of(order_by, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain)
    throw base::Error(base::Failure::usage,
                      fmt::format("\"{}\" is nothing to sort by: name, status, started_at, took, hp_pack_id, "
                                  "dataset_id, tags, total_iterations or a metric is",
                                  order_by));
  return {"json_extract(final_metrics, ?7)", fmt::format("$.{}", order_by)};
}

}  // namespace

namespace experiments {

ExperimentPage search(Database& database, const ExperimentSearch& search, base::Instant now) {
  const auto key = key_of(search.order_by);
  const auto words = words_of(search.words);
  ExperimentPage page;
  Query count(database, fmt::format("SELECT count(*) {}", kLike), search.status, search.script, search.tag,
              search.has_checkpoint, words);
  count.next();
  page.total = count.get<std::int64_t>();
  Query rows(database,
             fmt::format("SELECT id {} ORDER BY {} IS NULL, {} {}, started_at DESC, rowid DESC LIMIT ?8 "
                         "OFFSET ?9",
                         kLike, key.expression, key.expression, search.ascending ? "ASC" : "DESC"),
             search.status, search.script, search.tag, search.has_checkpoint, words, now, key.metric,
             at_most(search.limit), search.offset);
  for (const auto& id : all(rows, [](Query& row) { return row.get<std::string>(); })) {
    if (auto found = find(database, id)) page.experiments.push_back(std::move(*found));
  }
  return page;
}

}  // namespace experiments
}  // namespace ctt::store
