#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "features/type.h"

namespace ctt::features {

/// The newest `length` values, in one piece of memory, oldest first.
///
/// Each value is stored twice, `length` apart, so that wherever the ring stands the window lies
/// unbroken. Statistics are computed anew from it at each bar: that is quick for windows of this
/// size, and unlike a running sum it neither drifts nor remembers a spike that has left.
class Rolling {
 public:
  explicit Rolling(std::size_t length) : values_(2 * length), length_(length) {}

  void push(double value) {
    values_[next_] = values_[next_ + length_] = value;
    next_ = next_ + 1 == length_ ? 0 : next_ + 1;
    if (count_ < length_) ++count_;
  }
  bool full() const { return count_ == length_; }

  /// [length], once full.
  std::span<const double> window() const { return {values_.data() + next_, length_}; }
  double oldest() const { return values_[next_]; }

 private:
  std::vector<double> values_;
  std::size_t length_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

/// The sum of `term` over the window. Four sums side by side: additions need not wait for each other.
template <class Term>
double sum(std::span<const double> window, Term term) {
  double a = 0, b = 0, c = 0, d = 0;
  std::size_t i = 0;
  for (; i + 4 <= window.size(); i += 4) {
    a += term(window[i]);
    b += term(window[i + 1]);
    c += term(window[i + 2]);
    d += term(window[i + 3]);
  }
  for (; i < window.size(); ++i) a += term(window[i]);
  return (a + b) + (c + d);
}

/// Measured from the oldest value, so that a constant window has exactly that constant as its mean.
inline double mean(std::span<const double> window) {
  const double origin = window[0];
  return origin + sum(window, [=](double x) { return x - origin; }) / static_cast<double>(window.size());
}

struct Moments {
  double mean;
  double deviation;  ///< sample standard deviation (n - 1)
};

inline Moments moments(std::span<const double> window) {
  const double middle = mean(window);
  const double squares = sum(window, [=](double x) { return (x - middle) * (x - middle); });
  return {middle, std::sqrt(squares / static_cast<double>(window.size() - 1))};
}

struct Extremes {
  double low;
  double high;
};

/// NaN, both, when a value of the window is.
inline Extremes extremes(std::span<const double> lows, std::span<const double> highs) {
  Extremes found{lows[0], highs[0]};
  bool numbers = true;
  for (std::size_t i = 0; i < lows.size(); ++i) {
    found.low = lows[i] < found.low ? lows[i] : found.low;
    found.high = highs[i] > found.high ? highs[i] : found.high;
    numbers &= lows[i] == lows[i] && highs[i] == highs[i];
  }
  return numbers ? found : Extremes{kNaN, kNaN};
}

}  // namespace ctt::features
