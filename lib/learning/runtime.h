#pragma once

#include <dlfcn.h>

namespace ctt::learning {

/// Sets up this process for a training: OpenMP works in the calling thread only, because two pools on the same
/// cores slow each other down; big temporaries stay with the process instead of going back to the system
/// after every step.
void prepare_process();

/// Keeps OpenMP from bringing up a team for the calling thread; every worker says it for itself.
void prepare_thread();

/// Calls a function that only some builds of a loaded library have.
template <class... Arguments>
void call_if_there(const char* name, Arguments... arguments) {
  using Function = void (*)(Arguments...);
  const auto function = reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
  if (function != nullptr) function(arguments...);
}

}  // namespace ctt::learning
