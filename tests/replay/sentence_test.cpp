#include <doctest/doctest.h>

#include "desk.h"
#include "replay/sentence.h"

namespace ctt::replay {

TEST_CASE("a range of a year and more is told a year, a shorter one as it was") {
  Desk desk;
  auto settings = desk.settings();
  PairedComparison comparison{
      .arm = Arm::always, .against = Arm::never, .mean_pct = 10, .low_pct = -20, .high_pct = 40, .seeds = 2};
  comparison.years_needed = 3.2;
  settings.last = settings.first + std::chrono::days(730);
  CHECK(sentence_of(settings, comparison, 9) ==
        "Retraining every 6h made 10.5 % more a year than never retraining (90 % interval -18.1 to +49.2, 2 "
        "seeds, 9 "
        "cycles): undecided. To tell an edge of this size at 95 % takes about 3.2 years of bars.");
  comparison.years_needed = 0.012;
  CHECK(sentence_of(settings, comparison, 9).ends_with("takes about 5 days of bars."));
  settings.last = settings.first + std::chrono::days(73);
  comparison.mean_pct = -10;
  comparison.verdict = Verdict::worse;
  CHECK(sentence_of(settings, comparison, 9) ==
        "Retraining every 6h made 2.0 % less in 73 days than never retraining (90 % interval -3.9 to +8.3, 2 "
        "seeds, 9 "
        "cycles): worse.");
}

}  // namespace ctt::replay
