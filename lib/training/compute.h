#pragma once

#include <string_view>

namespace ctt::training {

/// What turns minibatches into steps: gradients worked out by hand on few cores, or LibTorch's autograd,
/// which is slower and easier to read. They agree, but not to the last bit.
enum class Engine { fast, autograd };
Engine parse_engine(std::string_view name);  ///< Throws Error(usage).
std::string_view name(Engine engine);

enum class Device { cpu, cuda };
Device parse_device(std::string_view name);  ///< Throws Error(usage).
std::string_view name(Device device);

/// Of the factors of an update's matrix products: with bfloat16 they are rounded to its eight bits, and products
/// are added up in float32. Weights, Adam and forward passes are float32 always.
enum class Precision { float32, bfloat16 };
Precision parse_precision(std::string_view name);  ///< Throws Error(usage).
std::string_view name(Precision precision);

/// How the learner computes. `threads` changes how long a training takes, never its result.
struct Compute {
  Engine engine = Engine::fast;
  Device device = Device::cpu;
  Precision precision = Precision::float32;
  int threads = 1;

  bool operator==(const Compute&) const = default;
};

/// Throws Error(usage) for an engine that does not run on the device or in the precision, or threads out of range.
void validate(const Compute& compute);

/// Throws Error(usage) when this machine's processor does not have the precision's instructions.
void require_processor(Precision precision);

/// Threads to use when nobody says: the cores there are, four at most, which is what a training can use of
/// them.
int usual_threads();

}  // namespace ctt::training
