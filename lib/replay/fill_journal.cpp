#include "replay/fill_journal.h"

namespace ctt::replay {

// The rest of a fill is the lineage's to say: it knows the bars.
void FillJournal::filled(const store::LiveTrade& trade, const market::OrderEvent& event,
                         const store::SessionState&) {
  fills_.push_back(
      {.trade = event.trade.value_or(market::Trade{}), .model_version = trade.model_version.value_or(0)});
}

}  // namespace ctt::replay
