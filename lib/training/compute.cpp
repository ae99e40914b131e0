#include "training/compute.h"

#include <algorithm>
#include <thread>

#include "base/error.h"

namespace ctt::training {

using base::Error;
using base::Failure;

Engine parse_engine(std::string_view name) {
  if (name == "fast") return Engine::fast;
  if (name == "autograd") return Engine::autograd;
  throw Error(Failure::usage, fmt::format("there is no engine \"{}\"; choose fast or autograd", name));
}

std::string_view name(Engine engine) { return engine == Engine::fast ? "fast" : "autograd"; }

Device parse_device(std::string_view name) {
  if (name == "cpu") return Device::cpu;
  if (name == "cuda") return Device::cuda;
  throw Error(Failure::usage, fmt::format("there is no device \"{}\"; choose cpu or cuda", name));
}

std::string_view name(Device device) { return device == Device::cpu ? "cpu" : "cuda"; }

void validate(const Compute& compute) {
  if (compute.device == Device::cuda && compute.engine != Engine::autograd) {
    throw Error(Failure::usage, "the fast engine runs on the CPU; the GPU needs --engine autograd");
  }
  if (compute.threads < 1 || compute.threads > 64) {
    throw Error(Failure::usage, fmt::format("{} threads are out of range; choose 1 to 64", compute.threads));
  }
}

int usual_threads() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 4); }

}  // namespace ctt::training
