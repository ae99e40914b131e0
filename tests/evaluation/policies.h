#pragma once

#include <memory>
#include <vector>

#include "market/window.h"
#include "policy/policy.h"

namespace ctt::evaluation {

/// A policy of one linear layer without inputs that matter: its biases make it always choose `action`. It
/// fills at the close, for a commission of 1 %, and has seen nothing later than the year 1970;
/// its seed is 5.
policy::Checkpoint always(int action);

std::shared_ptr<const policy::Policy> policy_of(const policy::Checkpoint& checkpoint);

/// Hourly bars from 2026-01-01 on, whose opens and closes are these prices; one of them is warm-up.
market::Window window_of(const std::vector<double>& prices);
/// The opening time of row `i` of such a window.
base::Seconds row(std::size_t i);

}  // namespace ctt::evaluation
