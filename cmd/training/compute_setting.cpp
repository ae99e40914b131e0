#include "cmd/training/compute_setting.h"

namespace ctt::cmd {

training::Compute unchecked_compute_of(const Settings& settings) {
  training::Compute compute;
  compute.engine = training::parse_engine(settings.text("learner.engine"));
  compute.device = training::parse_device(settings.text("learner.device"));
  compute.precision = training::parse_precision(settings.text("learner.precision"));
  const auto threads = static_cast<int>(settings.number("learner.threads"));
  compute.threads = threads == 0 ? training::usual_threads() : threads;
  return compute;
}

training::Compute compute_of(const Settings& settings) {
  const auto compute = unchecked_compute_of(settings);
  training::validate(compute);
  return compute;
}

}  // namespace ctt::cmd
