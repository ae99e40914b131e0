// Features of the volume: volume_ratio, obv.
#include "features/rolling.h"

namespace ctt::features {

namespace {

class VolumeRatio : public Computation {
 public:
  explicit VolumeRatio(const Values& values) : volumes_(values.period("period")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    volumes_.push(candle.volume);
    if (!volumes_.full()) return;
    const double average = mean(volumes_.window());
    columns[0] = average == 0 ? 0 : std::log1p(candle.volume / average);  // nobody traded at all
  }

 private:
  Rolling volumes_;
};

// The sum that on-balance volume is starts anywhere: only its course over the window counts, so it
// is summed up from the window's beginning, and no long history wears its last digits off.
class OnBalanceVolume : public Computation {
 public:
  explicit OnBalanceVolume(const Values& values)
      : signed_volumes_(values.period("rolling_norm_period")),
        course_(values.period("rolling_norm_period")) {}

  void push(const market::Candle& candle, std::span<double> columns) override {
    const auto before = std::exchange(previous_close_, candle.close);
    if (!before) return;
    signed_volumes_.push(signed_volume(candle.close - *before, candle.volume));
    if (!signed_volumes_.full()) return;
    const auto volumes = signed_volumes_.window();
    course_[0] = 0;
    for (std::size_t i = 1; i < volumes.size(); ++i) course_[i] = course_[i - 1] + volumes[i];
    const auto [middle, deviation] = moments(course_);
    columns[0] = std::tanh((course_.back() - middle) / (deviation + 1e-10));
  }

 private:
  static double signed_volume(double change, double volume) {
    if (std::isnan(change)) return kNaN;
    if (change == 0) return 0;
    return change > 0 ? volume : -volume;
  }

  Rolling signed_volumes_;
  std::vector<double> course_;
  std::optional<double> previous_close_;
};

}  // namespace

std::vector<Type> volume_types() {
  return {
      {.name = "volume_ratio",
       .description = "Volume relative to its mean, as ln(1 + ratio)",
       .parameters = {{"period", "bars of the mean", std::int64_t{20}}},
       .columns = [](const Values&) { return std::vector<std::string>{"vol_ratio"}; },
       .warm_up_rows = [](const Values& values) { return values.period("period") - 1; },
       .start = start<VolumeRatio>},
      {.name = "obv",
       .description = "On-balance volume, standardised",
       .parameters = {{"rolling_norm_period", "bars over which it is standardised", std::int64_t{20},
                       bars_from(2)}},
       .columns = [](const Values&) { return std::vector<std::string>{"obv"}; },
       .warm_up_rows = [](const Values& values) { return values.period("rolling_norm_period"); },
       .start = start<OnBalanceVolume>},
  };
}

}  // namespace ctt::features
