#include "trader/override.h"

#include "base/names.h"

namespace ctt::trader {

namespace {

constexpr auto kOverrides = base::names_of<Override>({{Override::halted, "halted"},
                                                      {Override::flattening, "flattening"},
                                                      {Override::order_open, "order_open"},
                                                      {Override::unsettled, "unsettled"},
                                                      {Override::stale_data, "stale_data"},
                                                      {Override::clock_skew, "clock_skew"},
                                                      {Override::stale_model, "stale_model"},
                                                      {Override::account_barred, "account_barred"},
                                                      {Override::reducing, "reducing"},
                                                      {Override::scheme, "scheme"},
                                                      {Override::max_position, "max_position"},
                                                      {Override::below_minimum, "below_minimum"},
                                                      {Override::not_finite, "not_finite"},
                                                      {Override::repeated, "repeated"}});

}  // namespace

std::string_view name(Override reason) { return kOverrides.name(reason); }

}  // namespace ctt::trader
