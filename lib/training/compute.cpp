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
constexpr auto kPrecisions =
    base::names_of<Precision>({{Precision::float32, "float32"}, {Precision::bfloat16, "bfloat16"}});

// Processors with AMX have these instructions too.
bool has_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

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

Precision parse_precision(std::string_view name) {
  if (const auto precision = kPrecisions.find(name)) return *precision;
  throw Error(Failure::usage, fmt::format("there is no precision \"{}\"; choose float32 or bfloat16", name));
}

std::string_view name(Precision precision) { return kPrecisions.name(precision); }

void validate(const Compute& compute) {
  if (compute.device == Device::cuda && compute.engine != Engine::autograd) {
    throw Error(Failure::usage, "the fast engine runs on the CPU; the GPU needs --engine autograd");
  }
  if (compute.precision != Precision::float32 && compute.engine != Engine::fast)
    throw Error(Failure::usage, "the engine autograd computes in float32; bfloat16 needs the engine fast");
  if (compute.threads < 1 || compute.threads > 64) {
    throw Error(Failure::usage, fmt::format("{} threads are out of range; choose 1 to 64", compute.threads));
  }
}

void require_processor(Precision precision) {
  if (precision == Precision::bfloat16 && !has_bfloat16()) {
    throw Error(Failure::usage,
                "this processor has neither AVX512_BF16 nor AMX, which bfloat16 needs; choose float32")
        .fix("ctt config set learner.precision float32");
  }
}

int usual_threads() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 4); }

}  // namespace ctt::training
