#pragma once

#include <optional>

#include "cycle/plan.h"
#include "evaluation/live_verdict.h"

namespace ctt::cycle {

/// The verdict on what a schedule serves against its base, as its newest completed cycle left it. Nothing
/// before the first cycle from this base.
std::optional<evaluation::LiveVerdict> live_verdict(store::Database& database,
                                                    const store::Schedule& schedule);

/// The same, grown by the new bars of this window; the first one begins after the window. As it was when
/// the base's file cannot be read: its bars count once it can.
std::optional<evaluation::LiveVerdict> grown_verdict(const store::StateContext& state, const Plan& plan,
                                                     const market::Window& window);

}  // namespace ctt::cycle
