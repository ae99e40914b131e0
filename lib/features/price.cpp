// Features of the price's course: returns, roc, sma_trend, trend_strength.
#include <fmt/format.h>

#include "features/rolling.h"

namespace ctt::features {

namespace {

constexpr double kReturnScale = 10;
constexpr double kStrengthScale = 20;

Parameter normalize() {
  return {"normalize",
          "tanh squeezes ten times the value into -1 .. 1, none leaves the fraction",
          std::string("tanh"),
          {},
          false,
          {"tanh", "none"}};
}

Parameter fast() { return {"fast", "bars of the fast mean", std::int64_t{20}}; }
Parameter slow() { return {"slow", "bars of the slow mean", std::int64_t{50}}; }

double squeezed(bool squeeze, double value) { return squeeze ? std::tanh(kReturnScale * value) : value; }

// close / close[-period] - 1 for each period.
class Returns : public Computation {
 public:
  Returns(const std::vector<std::size_t>& periods, bool squeeze) : squeeze_(squeeze) {
    for (const auto period : periods) past_.emplace_back(period);
  }

  void push(const market::Candle& candle, std::span<double> columns) override {
    for (std::size_t i = 0; i < past_.size(); ++i) {
      if (past_[i].full()) columns[i] = squeezed(squeeze_, candle.close / past_[i].oldest() - 1);
      past_[i].push(candle.close);
    }
  }

 private:
  std::vector<Rolling> past_;  // the closes before this bar
  bool squeeze_;
};

class SmaTrend : public Computation {
 public:
  explicit SmaTrend(const Values& values)
      : closes_{Rolling(values.period("fast")), Rolling(values.period("slow"))},
        squeeze_(values.is("normalize", "tanh")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    for (std::size_t i = 0; i < 2; ++i) {
      closes_[i].push(candle.close);
      if (!closes_[i].full()) continue;
      const double average = mean(closes_[i].window());
      columns[i] = squeezed(squeeze_, (candle.close - average) / average);
    }
  }

 private:
  std::array<Rolling, 2> closes_;
  bool squeeze_;
};

class TrendStrength : public Computation {
 public:
  explicit TrendStrength(const Values& values) : fast_(values.period("fast")), slow_(values.period("slow")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    fast_.push(candle.close);
    slow_.push(candle.close);
    if (!slow_.full()) return;
    const double average = mean(slow_.window());
    columns[0] = std::tanh(kStrengthScale * (mean(fast_.window()) - average) / average);
  }

 private:
  Rolling fast_;
  Rolling slow_;
};

std::vector<std::string> return_columns(const Values& values) {
  std::vector<std::string> names;
  for (const auto period : values.periods("periods")) names.push_back(fmt::format("ret_{}h", period));
  return names;
}

std::vector<std::string> trend_columns(const Values& values) {
  return {fmt::format("trend_{}", values.period("fast")), fmt::format("trend_{}", values.period("slow"))};
}

}  // namespace

std::string fast_not_below_slow(const Values& values) {
  return values.period("fast") < values.period("slow") ? "" : "\"fast\" must be less than \"slow\"";
}

std::vector<Type> price_types() {
  return {
      {.name = "returns",
       .description = "Return of the close over some numbers of bars",
       .parameters = {{"periods", "numbers of bars to look back",
                       std::vector<std::int64_t>{1, 4, 12, 24, 48}},
                      normalize()},
       .columns = return_columns,
       .warm_up_rows = [](const Values& values) { return std::ranges::max(values.periods("periods")); },
       .start = [](const Values& values) -> std::unique_ptr<Computation> {
         return std::make_unique<Returns>(values.periods("periods"), values.is("normalize", "tanh"));
       }},
      {.name = "sma_trend",
       .description = "Distance of the close from a fast and from a slow simple moving average",
       .parameters = {fast(), slow(), normalize()},
       .columns = trend_columns,
       .warm_up_rows = [](const Values& values) { return values.period("slow") - 1; },
       .start = start<SmaTrend>,
       .objection = fast_not_below_slow},
      {.name = "trend_strength",
       .description = "Distance of the fast from the slow simple moving average",
       .parameters = {fast(), slow()},
       .columns = [](const Values&) { return std::vector<std::string>{"trend_strength"}; },
       .warm_up_rows = [](const Values& values) { return values.period("slow") - 1; },
       .start = start<TrendStrength>,
       .objection = fast_not_below_slow},
      {.name = "roc",
       .description = "Rate of change: the return of the close over one number of bars",
       .parameters = {{"period", "bars to look back", std::int64_t{12}}, normalize()},
       .columns = [](const Values&) { return std::vector<std::string>{"roc"}; },
       .warm_up_rows = [](const Values& values) { return values.period("period"); },
       .start = [](const Values& values) -> std::unique_ptr<Computation> {
         return std::make_unique<Returns>(std::vector{values.period("period")},
                                          values.is("normalize", "tanh"));
       }},
  };
}

}  // namespace ctt::features
