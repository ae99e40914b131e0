#include "training/compute.h"

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "base/names.h"

namespace ctt::training {

using base::Error;
using base::Failure;

namespace {

constexpr auto kEngines = base::names_of<Engine>({{Engine::fast, "fast"}, {Engine::autograd, "autograd"}});
constexpr auto kDevices = base::names_of<Device>({{Device::cpu, "cpu"}, {Device::cuda, "cuda"}});

}  // namespace

Engine parse_engine(std::string_view name) {
  if (const auto engine = kEngines.find(name)) return *engine;
  throw Error(Failure::usage, fmt::format("there is no engine \"{}\"; choose fast or autograd", name));
}

std::string_view name(Engine engine) { return kEngines.name(engine); }

Device parse_device(std::string_view name) {
  if (const auto device = kDevices.find(name)) return *device;
  throw Error(Failure::usage, fmt::format("there is no device \"{}\"; choose cpu or cuda", name));
}

std::string_view name(Device device) { return kDevices.name(device); }

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
