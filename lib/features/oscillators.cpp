// Features that swing about a middle: rsi, macd, stochastic, cci.
#include "features/rolling.h"

namespace ctt::features {

namespace {

constexpr double kTiny = 1e-10;  // keeps quotients finite when nothing moves
constexpr double kMacdScale = 100;

// 0 .. 100 as -1 .. 1.
double centred(double percent) { return (percent - 50) / 50; }

class Rsi : public Computation {
 public:
  explicit Rsi(const Values& values)
      : gains_(values.period("period")),
        losses_(values.period("period")),
        normalize_(values.truth("normalize")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    const double change = previous_close_ ? candle.close - *previous_close_ : 0;
    previous_close_ = candle.close;
    gains_.push(change > 0 ? change : 0 * change);  // NaN stays NaN
    losses_.push(change < 0 ? -change : 0 * change);
    if (!gains_.full()) return;
    const double rsi = 100 - 100 / (1 + mean(gains_.window()) / (mean(losses_.window()) + kTiny));
    columns[0] = normalize_ ? centred(rsi) : rsi;
  }

 private:
  Rolling gains_;
  Rolling losses_;
  bool normalize_;
  std::optional<double> previous_close_;
};

// Exponential mean, started at the first value. A value that is no number leaves it as it is.
class Ema {
 public:
  explicit Ema(std::size_t span) : alpha_(2.0 / (static_cast<double>(span) + 1)) {}

  double push(double value) {
    if (!std::isfinite(value)) return kNaN;
    mean_ = mean_ ? (1 - alpha_) * *mean_ + alpha_ * value : value;
    return *mean_;
  }

 private:
  double alpha_;
  std::optional<double> mean_;
};

class Macd : public Computation {
 public:
  explicit Macd(const Values& values)
      : fast_(values.period("fast")), slow_(values.period("slow")), signal_(values.period("signal")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    const double line = fast_.push(candle.close) - slow_.push(candle.close);
    const double signal = signal_.push(line);
    const auto squeezed = [&](double x) { return std::tanh(kMacdScale * x / candle.close); };
    columns[0] = squeezed(line);
    columns[1] = squeezed(signal);
    columns[2] = squeezed(line - signal);
  }

 private:
  Ema fast_;
  Ema slow_;
  Ema signal_;
};

// How long the first price can still be seen: an EMA forgets it by 1 - alpha a row. Followed here
// for a first price that was off by the whole of today's, until no column differs by 1e-6.
std::size_t macd_warm_up_rows(const Values& values) {
  const auto alpha = [&](std::string_view name) {
    return 2.0 / (static_cast<double>(values.period(name)) + 1);
  };
  const double fast_kept = 1 - alpha("fast");
  const double slow_kept = 1 - alpha("slow");
  const double signal_alpha = alpha("signal");
  double fast = 1;
  double slow = 1;
  double signal = 2;
  std::size_t rows = 0;
  while (kMacdScale * (fast + slow + signal) > 1e-6) {
    ++rows;
    fast *= fast_kept;
    slow *= slow_kept;
    signal += signal_alpha * (fast + slow - signal);
  }
  return rows;
}

class Stochastic : public Computation {
 public:
  explicit Stochastic(const Values& values)
      : highs_(values.period("k_period")), lows_(values.period("k_period")), ks_(values.period("d_period")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    highs_.push(candle.high);
    lows_.push(candle.low);
    if (!highs_.full()) return;
    const auto [low, high] = extremes(lows_.window(), highs_.window());
    const double k = 100 * (candle.close - low) / (high - low + kTiny);
    ks_.push(k);
    columns[0] = centred(k);
    if (ks_.full()) columns[1] = centred(mean(ks_.window()));
  }

 private:
  Rolling highs_;
  Rolling lows_;
  Rolling ks_;
};

class CommodityChannel : public Computation {
 public:
  explicit CommodityChannel(const Values& values) : prices_(values.period("period")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    const double price = (candle.high + candle.low + candle.close) / 3;
    prices_.push(price);
    if (!prices_.full()) return;
    const auto window = prices_.window();
    const double middle = mean(window);
    const double deviation =
        sum(window, [=](double x) { return std::abs(x - middle); }) / static_cast<double>(window.size());
    columns[0] = std::tanh((price - middle) / (0.015 * deviation + kTiny) / 200);
  }

 private:
  Rolling prices_;
};

}  // namespace

std::vector<Type> oscillator_types() {
  return {
      {.name = "rsi",
       .description = "Relative strength index, with simple means",
       .parameters = {{"period", "bars of the means of gains and of losses", std::int64_t{14}},
                      {"normalize", "true gives -1 .. 1, false the usual 0 .. 100", true}},
       .columns = [](const Values&) { return std::vector<std::string>{"rsi"}; },
       // The first row has no change, so the first window without it ends one row later.
       .warm_up_rows = [](const Values& values) { return values.period("period"); },
       .start = start<Rsi>},
      {.name = "macd",
       .description = "Difference of two exponential means, its own exponential mean, and the rest",
       .parameters = {{"fast", "span of the fast mean", std::int64_t{12}},
                      {"slow", "span of the slow mean", std::int64_t{26}},
                      {"signal", "span of the signal's mean", std::int64_t{9}}},
       .columns =
           [](const Values&) {
             return std::vector<std::string>{"macd_line", "macd_signal", "macd_hist"};
           },
       .warm_up_rows = macd_warm_up_rows,
       .start = start<Macd>,
       .objection = fast_not_below_slow},
      {.name = "stochastic",
       .description = "Where the close stands in the range of highs and lows, and the mean of that",
       .parameters = {{"k_period", "bars of the range", std::int64_t{14}},
                      {"d_period", "bars of the mean", std::int64_t{3}}},
       .columns =
           [](const Values&) {
             return std::vector<std::string>{"stoch_k", "stoch_d"};
           },
       .warm_up_rows =
           [](const Values& values) { return values.period("k_period") + values.period("d_period") - 2; },
       .start = start<Stochastic>},
      {.name = "cci",
       .description =
           "Commodity channel index: the typical price's distance from its mean in mean deviations",
       .parameters = {{"period", "bars of mean and deviation", std::int64_t{20}}},
       .columns = [](const Values&) { return std::vector<std::string>{"cci"}; },
       .warm_up_rows = [](const Values& values) { return values.period("period") - 1; },
       .start = start<CommodityChannel>},
  };
}

}  // namespace ctt::features
