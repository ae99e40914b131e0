#pragma once

#include <optional>
#include <string>

#include "store/datasets.h"
#include "training/pack.h"

namespace ctt::cycle {

/// The costs that a training or a schedule begins with, and who said so.
struct ChosenCosts {
  market::Costs costs;
  std::string origin;  ///< `as asked`, `from dataset btc-1h`, `from pack standard`

  /// `alpaca-tier1 (commission 25 bp, half spread 4.5 bp), from dataset btc-1h`
  std::string words() const;
};

/// Those asked for, else the dataset's, since they are of the place where its candles are traded, else the pack's.
ChosenCosts choose_costs(const std::optional<market::Costs>& asked, const store::Dataset& dataset,
                         const training::Pack& pack, const std::string& pack_id);

}  // namespace ctt::cycle
