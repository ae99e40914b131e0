#pragma once

#include <cstddef>

#include "learning/kernels.h"
#include "training/compute.h"

namespace ctt::learning {

/// A factor of a product, as it lies or ('T') transposed.
struct Matrix {
  Kernels::ConstRows rows;
  char as = 'N';
};

/// c [m x n] = a [m x k] b [k x n] + beta c, beta 0 or 1. Nothing is written where one of them is empty.
using Multiply = void (*)(Matrix a, Matrix b, Kernels::Rows c, std::size_t m, std::size_t n, std::size_t k,
                          float beta);

/// In float32, by oneDNN's sgemm.
void multiply(Matrix a, Matrix b, Kernels::Rows c, std::size_t m, std::size_t n, std::size_t k,
              float beta = 0);

/// The nearest bfloat16 of each number of `from` [rows x columns], ties to even, into `to` [rows x columns]
/// without gaps.
void to_bfloat16(Kernels::ConstRows from, Kernels::Size size, std::uint16_t* to);

/// The products of an update in this precision. Throws Error(usage) when the processor does not have it.
Multiply products(training::Precision precision);

}  // namespace ctt::learning
