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

/// How the learner computes. `threads` changes how long a training takes, never its result.
struct Compute {
  Engine engine = Engine::fast;
  Device device = Device::cpu;
  int threads = 1;

  bool operator==(const Compute&) const = default;
};

/// Throws Error(usage) for an engine that does not run on the device, or threads out of range.
void validate(const Compute& compute);

/// Threads to use when nobody says: the cores there are, four at most, which is what a training can use of
/// them.
int usual_threads();

}  // namespace ctt::training
