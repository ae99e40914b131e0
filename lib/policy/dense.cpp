#include "policy/dense.h"

#include <cstring>

#include "policy/tanh.h"

// One kernel, compiled for three instruction sets and chosen at run time. Explicit functions rather
// than target_clones: its resolvers run before a sanitizer is ready.

namespace ctt::policy {

namespace {

#define CTT_INLINE [[gnu::always_inline]] inline

// A register's worth of floats. The compiler keeps a wider one than the instruction set has in memory,
// so each set brings its own.
using Lane4 [[gnu::vector_size(16)]] = float;
using Lane8 [[gnu::vector_size(32)]] = float;
using Lane16 [[gnu::vector_size(64)]] = float;

template <class Lane>
CTT_INLINE void activate(Lane& x, std::optional<Activation> activation) {
  if (activation == Activation::tanh) tanh_in_place(x);
  if (activation == Activation::relu) x = x < 0.0F ? Lane{} : x;
}

template <class Lane>
CTT_INLINE void load(Lane& lane, const float* from) {
  std::memcpy(&lane, from, sizeof(Lane));
}

// `Rows` x `Blocks` outputs held in registers while the inputs pass by. Each output is summed in
// the order of the inputs whatever the tile's size, so tiles do not show in the result.
template <class Lane, std::size_t Rows, std::size_t Blocks>
CTT_INLINE void tile(const DenseLayer& layer, std::size_t block, const float* x, std::size_t x_stride,
                     float* y, std::size_t y_stride) {
  constexpr std::size_t kLane = sizeof(Lane) / sizeof(float);
  constexpr std::size_t kLanes = kBlock / kLane;
  Lane sums[Rows][Blocks][kLanes];
  const Block* weights[Blocks];
  for (std::size_t b = 0; b < Blocks; ++b) {
    weights[b] = layer.weights(block + b);
    for (std::size_t r = 0; r < Rows; ++r) {
      for (std::size_t l = 0; l < kLanes; ++l)
        load(sums[r][b][l], &layer.biases(block + b).values[l * kLane]);
    }
  }
  for (std::size_t i = 0; i < layer.inputs(); ++i) {
    for (std::size_t b = 0; b < Blocks; ++b) {
      for (std::size_t l = 0; l < kLanes; ++l) {
        Lane w;
        load(w, &weights[b][i].values[l * kLane]);
        for (std::size_t r = 0; r < Rows; ++r) sums[r][b][l] += w * x[r * x_stride + i];
      }
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t b = 0; b < Blocks; ++b) {
      for (std::size_t l = 0; l < kLanes; ++l) {
        activate(sums[r][b][l], layer.activation());
        std::memcpy(y + r * y_stride + (block + b) * kBlock + l * kLane, &sums[r][b][l], sizeof(Lane));
      }
    }
  }
}

// Rows in tiles of `Rows` blocks, what is left one by one in tiles of `Blocks`: as many sums as the
// registers hold.
template <class Lane, std::size_t Rows, std::size_t Blocks>
CTT_INLINE void apply_tiles(const DenseLayer& layer, const float* x, std::size_t x_stride, std::size_t rows,
                            float* y, std::size_t y_stride) {
  std::size_t row = 0;
  for (; row + Rows <= rows; row += Rows) {
    for (std::size_t block = 0; block < layer.blocks(); ++block) {
      tile<Lane, Rows, 1>(layer, block, x + row * x_stride, x_stride, y + row * y_stride, y_stride);
    }
  }
  for (; row < rows; ++row) {
    const float* from = x + row * x_stride;
    float* to = y + row * y_stride;
    std::size_t block = 0;
    for (; block + Blocks <= layer.blocks(); block += Blocks) {
      tile<Lane, 1, Blocks>(layer, block, from, x_stride, to, y_stride);
    }
    for (; block < layer.blocks(); ++block) tile<Lane, 1, 1>(layer, block, from, x_stride, to, y_stride);
  }
}

using Kernel = void (*)(const DenseLayer&, const float*, std::size_t, std::size_t, float*, std::size_t);

void apply_generic(const DenseLayer& layer, const float* x, std::size_t x_stride, std::size_t rows, float* y,
                   std::size_t y_stride) {
  apply_tiles<Lane4, 1, 1>(layer, x, x_stride, rows, y, y_stride);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void apply_avx2(const DenseLayer& layer, const float* x, std::size_t x_stride,
                                            std::size_t rows, float* y, std::size_t y_stride) {
  apply_tiles<Lane8, 2, 2>(layer, x, x_stride, rows, y, y_stride);
}

[[gnu::target("avx512f,avx2,fma")]] void apply_avx512(const DenseLayer& layer, const float* x,
                                                      std::size_t x_stride, std::size_t rows, float* y,
                                                      std::size_t y_stride) {
  apply_tiles<Lane16, 8, 4>(layer, x, x_stride, rows, y, y_stride);
}
#endif

Kernel best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return apply_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return apply_avx2;
#endif
  return apply_generic;
}

}  // namespace

DenseLayer::DenseLayer(std::size_t inputs, std::size_t outputs, std::optional<Activation> activation)
    : inputs_(inputs), outputs_(outputs), activation_(activation) {
  const std::size_t blocks = (outputs + kBlock - 1) / kBlock;
  weights_.resize(blocks * inputs);
  biases_.resize(blocks);
}

void DenseLayer::load(std::span<const float> weights, std::span<const float> biases) {
  for (std::size_t o = 0; o < outputs_; ++o) {
    Block* block = weights_.data() + o / kBlock * inputs_;
    for (std::size_t i = 0; i < inputs_; ++i) block[i].values[o % kBlock] = weights[o * inputs_ + i];
    biases_[o / kBlock].values[o % kBlock] = biases[o];
  }
}

void DenseLayer::apply(const float* x, std::size_t x_stride, std::size_t rows, float* y,
                       std::size_t y_stride) const {
  static const Kernel kernel = best_kernel();
  kernel(*this, x, x_stride, rows, y, y_stride);
}

}  // namespace ctt::policy
