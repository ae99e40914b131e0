#include "evaluation/symmetric_eigenvalues.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>

#include "evaluation/finite.h"

namespace ctt::evaluation {

namespace {

struct Tridiagonal {
  std::vector<double> diagonal;   ///< [n]
  std::vector<double> beside_it;  ///< [n - 1]
};

// The lower half of a symmetric matrix and what a reflection needs.
class Reflected {
 public:
  Reflected(std::vector<double> matrix, std::size_t n) : a_(std::move(matrix)), n_(n), v_(n), w_(n) {}

  Tridiagonal tridiagonal() {
    Tridiagonal out{std::vector<double>(n_), std::vector<double>(n_ - 1)};
    for (std::size_t k = 0; k + 1 < n_; ++k) out.beside_it[k] = reflect(k);
    for (std::size_t k = 0; k < n_; ++k) out.diagonal[k] = a_[k * n_ + k];
    return out;
  }

 private:
  // Turns column k below the diagonal into a multiple of its first unit vector, which is returned, and the
  // rest of the matrix with it: A <- A - v w' - w v', w = b A v - (b^2 v'A v / 2) v, b = 2 / v'v.
  double reflect(std::size_t k) {
    const std::size_t first = k + 1;
    double squares = 0;
    for (std::size_t i = first; i < n_; ++i) {
      v_[i] = a_[i * n_ + k];
      squares += v_[i] * v_[i];
    }
    const double head = v_[first];
    const double below = squares - head * head;
    if (first + 1 == n_ || !(below > 0)) return head;
    const double target = -std::copysign(std::sqrt(squares), head);
    v_[first] -= target;
    const double b = 2 / (below + v_[first] * v_[first]);

    std::fill(w_.begin() + static_cast<std::ptrdiff_t>(first), w_.end(), 0.0);
    for (std::size_t i = first; i < n_; ++i) {
      const double* row = a_.data() + i * n_;
      const double scaled = b * v_[i];
      double sum = 0;
      for (std::size_t j = first; j < i; ++j) {
        w_[j] += scaled * row[j];
        sum += row[j] * v_[j];
      }
      w_[i] += b * sum + scaled * row[i];
    }
    double along = 0;
    for (std::size_t i = first; i < n_; ++i) along += w_[i] * v_[i];
    for (std::size_t i = first; i < n_; ++i) w_[i] -= b * along / 2 * v_[i];
    for (std::size_t i = first; i < n_; ++i) {
      double* row = a_.data() + i * n_;
      const double vi = v_[i];
      const double wi = w_[i];
      for (std::size_t j = first; j <= i; ++j) row[j] -= vi * w_[j] + wi * v_[j];
    }
    return target;
  }

  std::vector<double> a_;
  std::size_t n_;
  std::vector<double> v_;
  std::vector<double> w_;
};

// One implicit QR step on the rows first .. last of a tridiagonal matrix, none of them split off.
void step(std::vector<double>& d, std::vector<double>& e, std::size_t first, std::size_t last) {
  const double half = (d[last - 1] - d[last]) / 2;
  const double beside = e[last - 1];
  const double shift = d[last] - beside * beside / (half + std::copysign(std::hypot(half, beside), half));
  double x = d[first] - shift;
  double z = e[first];
  for (std::size_t k = first; k < last; ++k) {
    const double length = std::hypot(x, z);
    const double c = length > 0 ? x / length : 1;
    const double s = length > 0 ? z / length : 0;
    if (k > first) e[k - 1] = length;
    const double a = d[k];
    const double b = e[k];
    const double g = d[k + 1];
    d[k] = c * c * a + 2 * c * s * b + s * s * g;
    d[k + 1] = s * s * a - 2 * c * s * b + c * c * g;
    e[k] = (c * c - s * s) * b + c * s * (g - a);
    if (k + 1 == last) break;
    x = e[k];
    z = s * e[k + 1];
    e[k + 1] *= c;
  }
}

double largest_row_sum(const Tridiagonal& matrix) {
  const auto& [d, e] = matrix;
  double largest = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    largest = std::max(
        largest, std::abs(d[i]) + (i > 0 ? std::abs(e[i - 1]) : 0) + (i < e.size() ? std::abs(e[i]) : 0));
  }
  return largest;
}

}  // namespace

std::vector<double> symmetric_eigenvalues(std::vector<double> matrix, std::size_t n) {
  if (matrix.size() != n * n) throw std::invalid_argument("the matrix is not of n rows and n columns");
  require_finite("matrix", matrix);
  if (n == 0) return {};
  auto reduced = Reflected(std::move(matrix), n).tridiagonal();
  auto& d = reduced.diagonal;
  auto& e = reduced.beside_it;
  const double negligible = std::numeric_limits<double>::epsilon() * largest_row_sum(reduced);
  const auto joins = [&](std::size_t k) { return std::abs(e[k]) > negligible; };
  for (std::size_t last = n - 1; last > 0;) {
    if (!joins(last - 1)) {
      --last;
      continue;
    }
    std::size_t first = last - 1;
    while (first > 0 && joins(first - 1)) --first;
    step(d, e, first, last);
  }
  return d;
}

}  // namespace ctt::evaluation
