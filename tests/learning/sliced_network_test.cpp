#include "learning/sliced_network.h"

#include <numeric>

using namespace ctt::learning;
using ctt::policy::NetworkShape;

TEST_CASE("pieces cover the whole on borders of 16, and some may be empty") {
  const auto sizes = [](std::size_t total, std::size_t parts) {
    std::vector<std::size_t> pieces;
    for (std::size_t part = 0, next = 0; part < parts; ++part) {
      const auto piece = piece_of(total, part, parts);
      CHECK(piece.first == next);
      next += piece.size;
      pieces.push_back(piece.size);
    }
    return pieces;
  };
  CHECK(sizes(256, 2) == std::vector<std::size_t>{128, 128});
  CHECK(sizes(100, 2) == std::vector<std::size_t>{64, 36});
  CHECK(sizes(20, 3) == std::vector<std::size_t>{16, 0, 4});
  CHECK(sizes(3, 2) == std::vector<std::size_t>{3, 0});
}

TEST_CASE("each weight has one place, in the part that has its slice") {
  for (const auto& shape : {NetworkShape{5, 3, {8, 400}, ctt::policy::Activation::tanh, true},
                            NetworkShape{5, 3, {400, 20}, ctt::policy::Activation::tanh, false},
                            NetworkShape{40, 3, {}, ctt::policy::Activation::tanh, false}}) {
    SlicedNetwork network(shape, 3);
    std::vector<float> flat(shape.parameter_count());
    std::iota(flat.begin(), flat.end(), 1.0F);
    const auto sliced = network.sliced(flat);
    CHECK(sliced.size() == network.size());
    CHECK(network.flat(sliced) == flat);
    std::size_t end = 0;
    for (std::size_t part = 0; part < 3; ++part) {
      CHECK(network.owned(part).first == end);
      end += network.owned(part).size;
    }
    CHECK(end == network.size());
  }
}

// Weights [outputs x inputs] 1 2 3 / 4 5 6 and biases 7 8 of the only hidden layer come first.
TEST_CASE("a part keeps its weights as inputs x outputs") {
  SlicedNetwork network({3, 2, {2}, ctt::policy::Activation::tanh, true}, 2);
  std::vector<float> flat(network.flat(Floats(network.size())).size());
  std::iota(flat.begin(), flat.end(), 1.0F);
  const auto sliced = network.sliced(flat);
  const auto& slice = network.levels().front().front().slices.front();
  CHECK(std::vector(sliced.begin() + static_cast<long>(slice.weights),
                    sliced.begin() + static_cast<long>(slice.weights) + 6) ==
        std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK(sliced[slice.biases] == 7);
  CHECK_THROWS_AS(network.sliced(std::vector<float>(flat.size() + 1)), std::invalid_argument);
}
