#pragma once

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "market/source.h"
#include "store/datasets.h"

namespace ctt::cmd {

/// What the command line says about a range: times as given, and a number of bars that is counted
/// from whichever end is said, else back from now.
struct RangeWords {
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::size_t> candles;
};

/// Declares --from and --to.
void declare_range(CLI::App& app, std::optional<std::string>& from, std::optional<std::string>& to);

/// The range that the words mean. `first` is the oldest bar there is, when that is known, `newest`
/// the newest that is closed; a range ends there at the latest.
/// Throws Error(usage) when the words make no range, or need a beginning that is not known.
market::TimeRange range_of(const RangeWords& words, std::optional<base::Seconds> first, base::Seconds newest,
                           const market::Timeframe& timeframe);

/// The candles of a dataset.
///
/// Of one whose source needs no broker: the closed ones that the source has now, rows in its order,
/// double and impossible ones included. Else: those that are stored.
class DatasetBars {
 public:
  /// Throws Error(not_found), Error(data_blocked) when the source cannot be read.
  DatasetBars(Context& context, const store::Dataset& dataset);

  const store::SeriesKey& key() const { return key_; }
  bool from_source() const { return source_ != nullptr; }

  /// The first bar there is and the newest that is closed; nothing when there is none.
  const std::optional<market::TimeRange>& available() const { return available_; }

  /// What the words ask for, within what is available.
  /// Throws Error(usage) for words that make no range, Error(data_blocked) when nothing is there.
  market::TimeRange range(const RangeWords& words) const;
  market::CandleSeries bars(const market::TimeRange& range) const;

 private:
  Context& context_;
  std::string id_;
  store::SeriesKey key_;
  std::unique_ptr<market::CandleSource> source_;
  std::optional<market::TimeRange> available_;
};

}  // namespace ctt::cmd
