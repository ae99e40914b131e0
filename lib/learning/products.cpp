#include "learning/products.h"

#include <dnnl.hpp>
#include <map>
#include <stdexcept>
#include <vector>

namespace ctt::learning {

namespace {

using Rows = Kernels::Rows;
using DataType = dnnl::memory::data_type;

dnnl_dim_t dim(std::size_t size) { return static_cast<dnnl_dim_t>(size); }

dnnl::engine& engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

/// A product whose factors lie without gaps, made once for its shape and used again with other numbers.
class Product {
 public:
  struct Shape {
    char a, b;
    std::size_t m, n, k, stride;  // of the rows of c
    bool adds;
    auto operator<=>(const Shape&) const = default;
  };

  explicit Product(const Shape& shape)
      : a_({dim(shape.m), dim(shape.k)}, DataType::bf16, strides(shape.a, shape.m, shape.k)),
        b_({dim(shape.k), dim(shape.n)}, DataType::bf16, strides(shape.b, shape.k, shape.n)),
        c_({dim(shape.m), dim(shape.n)}, DataType::f32, dnnl::memory::dims{dim(shape.stride), 1}),
        multiply_(described(shape)) {}

  void run(dnnl::stream& stream, std::uint16_t* a, std::uint16_t* b, float* c) const {
    multiply_.execute(stream, {{DNNL_ARG_SRC, dnnl::memory(a_, engine(), a)},
                               {DNNL_ARG_WEIGHTS, dnnl::memory(b_, engine(), b)},
                               {DNNL_ARG_DST, dnnl::memory(c_, engine(), c)}});
    stream.wait();
  }

 private:
  static dnnl::memory::dims strides(char as, std::size_t rows, std::size_t columns) {
    return as == 'N' ? dnnl::memory::dims{dim(columns), 1} : dnnl::memory::dims{1, dim(rows)};
  }

  dnnl::matmul::primitive_desc described(const Shape& shape) const {
    dnnl::primitive_attr attributes;
    if (shape.adds) {
      dnnl::post_ops sum;
      sum.append_sum(1);
      attributes.set_post_ops(sum);
    }
    return {dnnl::matmul::desc(a_, b_, c_), attributes, engine()};
  }

  dnnl::memory::desc a_, b_, c_;
  dnnl::matmul multiply_;
};

// What a thread has made so far: an update has some ten shapes, a learner that stays may meet many.
struct Products {
  static constexpr std::size_t kMost = 64;

  std::map<Product::Shape, Product> made;
  std::vector<std::uint16_t> a, b;
  dnnl::stream stream{engine()};

  const Product& of(const Product::Shape& shape) {
    if (const auto found = made.find(shape); found != made.end()) return found->second;
    if (made.size() == kMost) made.clear();
    return made.try_emplace(shape, shape).first->second;
  }
};

std::uint16_t* rounded(std::vector<std::uint16_t>& room, Matrix matrix, std::size_t rows,
                       std::size_t columns) {
  if (matrix.as == 'T') std::swap(rows, columns);  // as it lies
  room.resize(std::max(room.size(), rows * columns));
  to_bfloat16(matrix.rows, {rows, columns}, room.data());
  return room.data();
}

void multiply_bfloat16(Matrix a, Matrix b, Rows c, std::size_t m, std::size_t n, std::size_t k, float beta) {
  if (m == 0 || n == 0 || k == 0) return;
  static thread_local Products products;
  const auto& product = products.of({a.as, b.as, m, n, k, c.stride, beta != 0});
  product.run(products.stream, rounded(products.a, a, m, k), rounded(products.b, b, k, n), c.data);
}

}  // namespace

void multiply(Matrix a, Matrix b, Rows c, std::size_t m, std::size_t n, std::size_t k, float beta) {
  if (m == 0 || n == 0 || k == 0) return;
  if (dnnl_sgemm(a.as, b.as, dim(m), dim(n), dim(k), 1, a.rows.data, dim(a.rows.stride), b.rows.data,
                 dim(b.rows.stride), beta, c.data, dim(c.stride)) != dnnl_success) {
    throw std::runtime_error("oneDNN refused a matrix product");
  }
}

void to_bfloat16(Kernels::ConstRows from, Kernels::Size size, std::uint16_t* to) {
  for (std::size_t r = 0; r < size.rows; ++r)
    kernels().to_bfloat16(from.data + r * from.stride, size.columns, to + r * size.columns);
}

Multiply products(training::Precision precision) {
  training::require_processor(precision);
  return precision == training::Precision::bfloat16 ? multiply_bfloat16 : multiply;
}

}  // namespace ctt::learning
