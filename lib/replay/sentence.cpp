#include "replay/sentence.h"

#include <cmath>

#include <fmt/format.h>

namespace ctt::replay {

namespace {

constexpr double kYearsMax = 1000;

std::string subject_of(const PairedComparison& comparison, const std::string& interval) {
  if (comparison.arm == Arm::scratch) return fmt::format("A new policy every {}", interval);
  if (comparison.arm == Arm::gated) return fmt::format("Retraining every {} behind the gate", interval);
  return fmt::format("Retraining every {}", interval);
}

std::string_view control_of(Arm against) {
  if (against == Arm::never) return "never retraining";
  return against == Arm::hold ? "holding the coin" : "staying out";
}

std::string span_text(double years) {
  if (years > kYearsMax) return fmt::format("more than {:.0f} years", kYearsMax);
  if (years >= 1) return fmt::format("about {:.1f} years", years);
  return fmt::format("about {:.0f} days", std::ceil(365 * years));
}

}  // namespace

std::string interval_text(std::chrono::milliseconds interval) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval).count();
  if (seconds % 86'400 == 0) return fmt::format("{}d", seconds / 86'400);
  if (seconds % 3'600 == 0) return fmt::format("{}h", seconds / 3'600);
  return seconds % 60 == 0 ? fmt::format("{}m", seconds / 60) : fmt::format("{}s", seconds);
}

std::string sentence_of(const ReplaySettings& settings, const std::optional<PairedComparison>& comparison,
                        std::size_t cycles) {
  if (!comparison)
    return "Nothing was compared: a replay answers with an arm that retrains and one that does not.";
  const auto& one = *comparison;
  const std::chrono::duration<double, std::chrono::days::period> range = settings.last - settings.first;
  // Less than a year is told as it was: what it would be a year nobody has seen.
  const double years = std::min(1.0, range / std::chrono::days(365));
  // Differences of log returns add up; people think of what they make of 100.
  const auto in_range = [&](double pct) { return 100 * std::expm1(years * pct / 100); };
  const auto when = years < 1 ? fmt::format("in {:.0f} days", range.count()) : std::string("a year");
  const auto interval = interval_text(settings.points().front().tuning.config.interval);
  auto sentence = fmt::format(
      "{} made {:.1f} % {} {} than {} (90 % interval {:+.1f} to {:+.1f}, {} seed{}, {} cycles): {}.",
      subject_of(one, interval), std::abs(in_range(one.mean_pct)), one.mean_pct < 0 ? "less" : "more", when,
      control_of(one.against), in_range(one.low_pct), in_range(one.high_pct), one.seeds,
      one.seeds == 1 ? "" : "s", cycles, name(one.verdict));
  if (!one.years_needed || one.verdict != Verdict::undecided) return sentence;
  return fmt::format("{} To tell an edge of this size at 95 % takes {} of bars.", sentence,
                     span_text(*one.years_needed));
}

}  // namespace ctt::replay
