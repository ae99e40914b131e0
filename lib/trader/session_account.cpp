#include "trader/session_account.h"

#include "base/error.h"
#include "base/json.h"

namespace ctt::trader {

SessionAccount::SessionAccount(const policy::Contract& contract, Broker& broker, Risk& risk,
                               const base::Clock& clock)
    : scheme_name_(contract.action_scheme),
      broker_(broker),
      risk_(risk),
      clock_(clock),
      scheme_(environment::ActionSchemeSpec::parse(contract.action_scheme, contract.action_parameters)) {
  mark_to_market(broker.account().entry_price());
}

void SessionAccount::mark_to_market(double price) {
  const auto& account = broker_.account();
  price_ = price;
  state_.cash = account.cash();
  state_.position = account.quantity();
  state_.equity = account.net_worth(price);
  state_.entry_price = account.entry_price() > 0 ? std::optional(account.entry_price()) : std::nullopt;
  state_.left_to_sell = broker_.is_sellable(account.quantity(), price);
  state_.books = broker_.books();
}

environment::Account SessionAccount::for_scheme(double price) const {
  auto account = broker_.account();
  if (!broker_.is_sellable(account.quantity(), price))
    account.restate({.cash = account.cash(), .quantity = 0, .entry_price = 0, .bars_held = 0}, price);
  return account;
}

store::SessionState SessionAccount::stored() const {
  store::SessionState session;
  session.equity = state_.equity;
  session.cash = state_.cash;
  session.position_qty = state_.position;
  session.entry_price = state_.entry_price;
  session.peak_equity = risk_.peak();
  session.max_drawdown_pct = 100 * risk_.drawdown_fraction_max();
  session.total_trades = static_cast<std::int64_t>(state_.trades);
  session.total_bars = static_cast<std::int64_t>(state_.bars);
  session.last_bar_at = state_.last_bar;
  session.risk_state = risk_.memory(clock_.now());
  base::JsonWriter json;
  json.object().field("scheme", scheme_name_).field("memory", scheme_.memory());
  json.field("bars_held", broker_.account().bars_held()).field("books", broker_.memory());
  session.scheme_state = json.end().text();
  return session;
}

bool SessionAccount::restore(const std::string& scheme_state) {
  if (scheme_state == "{}") return true;  // that session ended before its first bar
  try {
    auto json = base::JsonValue::parse(scheme_state, "the scheme's memory").as_object();
    if (json.string("scheme") != scheme_name_) return false;
    std::vector<double> memory;
    for (const auto& value : json.at("memory").as_array()) memory.push_back(value.as_number());
    scheme_.restore(memory);
    return true;
  } catch (const base::Error&) {
    return false;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

RememberedBooks remembered_books(const std::string& scheme_state) {
  try {
    auto json = base::JsonValue::parse(scheme_state, "the scheme's memory").as_object();
    return {static_cast<int>(json.integer("bars_held", 0)), json.string("books", "")};
  } catch (const base::Error&) {
    return {};
  }
}

}  // namespace ctt::trader
