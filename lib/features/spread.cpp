// Features of how far prices spread: volatility, bollinger_position, atr.
#include "features/rolling.h"

namespace ctt::features {

namespace {

Parameter norm_period() {
  return {.name = "rolling_norm_period",
          .description = "bars over which the value is standardised; 0 leaves it as it is",
          .otherwise = std::int64_t{72},
          .range = bars_from(2),
          .zero_allowed = true};
}

// The z-score; 0 when nothing varies.
double z_score(double value, std::span<const double> window) {
  const auto [middle, deviation] = moments(window);
  return deviation == 0 ? 0 : (value - middle) / deviation;
}

class Volatility : public Computation {
 public:
  explicit Volatility(const Values& values)
      : closes_(values.period("period")),
        norm_(values.period("rolling_norm_period")),
        past_(std::max<std::size_t>(norm_, 1)) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    closes_.push(candle.close);
    if (!closes_.full()) return;
    const double volatility = moments(closes_.window()).deviation / candle.close;
    columns[0] = volatility;
    if (norm_ == 0) return;
    past_.push(volatility);
    if (past_.full()) columns[1] = std::tanh(z_score(volatility, past_.window()));
  }

 private:
  Rolling closes_;
  std::size_t norm_;
  Rolling past_;
};

class BollingerPosition : public Computation {
 public:
  explicit BollingerPosition(const Values& values)
      : closes_(values.period("period")), width_(values.number("std_dev")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    closes_.push(candle.close);
    if (!closes_.full()) return;
    const auto [middle, deviation] = moments(closes_.window());
    if (deviation == 0) {  // bands without width: the price is in their middle
      columns[0] = 0.5;
      return;
    }
    const double lower = middle - width_ * deviation;
    columns[0] = std::clamp((candle.close - lower) / (2 * width_ * deviation), 0.0, 1.0);
  }

 private:
  Rolling closes_;
  double width_;
};

class AverageTrueRange : public Computation {
 public:
  explicit AverageTrueRange(const Values& values)
      : ranges_(values.period("period")),
        norm_(values.period("rolling_norm_period")),
        past_(std::max<std::size_t>(norm_, 1)) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    ranges_.push(true_range(candle));
    previous_close_ = candle.close;
    if (!ranges_.full()) return;
    const double average = mean(ranges_.window());
    if (norm_ == 0) {
      columns[0] = average / candle.close;
      return;
    }
    past_.push(average);
    if (!past_.full()) return;
    const auto [middle, deviation] = moments(past_.window());
    columns[0] = std::tanh((average - middle) / (deviation + 1e-10));
  }

 private:
  // Of the first bar, which has no close before it, high - low.
  double true_range(const market::Candle& candle) const {
    const double range = candle.high - candle.low;
    if (!previous_close_) return range;
    const double up = std::abs(candle.high - *previous_close_);
    const double down = std::abs(candle.low - *previous_close_);
    return std::isnan(up + down) ? kNaN : std::max({range, up, down});
  }

  Rolling ranges_;
  std::size_t norm_;
  Rolling past_;
  std::optional<double> previous_close_;
};

std::vector<std::string> volatility_columns(const Values& values) {
  if (values.period("rolling_norm_period") == 0) return {"vol"};
  return {"vol", "vol_norm"};
}

// `rows` until the value is there, and as many of it as are standardised over.
std::size_t with_norm(std::size_t rows, const Values& values) {
  const auto norm = values.period("rolling_norm_period");
  return norm == 0 ? rows : rows + norm - 1;
}

}  // namespace

std::vector<Type> spread_types() {
  return {
      {.name = "volatility",
       .description = "Standard deviation of the close relative to the close, and its z-score",
       .parameters = {{"period", "bars of the standard deviation", std::int64_t{24}, bars_from(2)},
                      norm_period()},
       .columns = volatility_columns,
       .warm_up_rows = [](const Values& values) { return with_norm(values.period("period") - 1, values); },
       .start = start<Volatility>},
      {.name = "bollinger_position",
       .description = "Where the close stands between the Bollinger bands, 0 at the lower, 1 at the upper",
       .parameters = {{"period", "bars of mean and standard deviation", std::int64_t{20}, bars_from(2)},
                      {"std_dev", "standard deviations from the mean to a band", 2.0,
                       base::Range::from(0.01, 100)}},
       .columns = [](const Values&) { return std::vector<std::string>{"bb_pos"}; },
       .warm_up_rows = [](const Values& values) { return values.period("period") - 1; },
       .start = start<BollingerPosition>},
      {.name = "atr",
       .description = "Average true range, standardised, or relative to the close",
       .parameters = {{"period", "bars of the average", std::int64_t{14}}, norm_period()},
       .columns = [](const Values&) { return std::vector<std::string>{"atr"}; },
       // The first row's range lacks the close before it, so the average is final one row later.
       .warm_up_rows = [](const Values& values) { return with_norm(values.period("period"), values); },
       .start = start<AverageTrueRange>},
  };
}

}  // namespace ctt::features
