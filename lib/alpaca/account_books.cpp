#include "alpaca/account_books.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace ctt::alpaca {

using market::Side;
using std::chrono::milliseconds;

namespace {

// What rounding at Alpaca may make of a position and of dollars, and how far a fee may be from what we
// think it is: as much as another tier's, or all of it when it is posted later.
constexpr double kDust = 2e-9;
constexpr double kCents = 0.02;
constexpr double kFeeUncertainty = 0.005;
// A fee is posted by the end of its day; two days cover a weekend's delay of the posting.
constexpr std::chrono::hours kFeesPostedWithin{48};

}  // namespace

AccountBooks::AccountBooks(Options options, const Books& first, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      read_(first),
      expected_{first.cash, first.position},
      account_(first.cash.number(), {.commission = first.fee_fraction}),
      price_(first.market_price),
      due_(Steady::now() + options_.read_every),
      agreed_at_(Steady::now()) {
  account_.restate({first.cash.number(), first.position.number(), first.entry_price, {}}, price_);
  if (first.holds_others && !options_.ledger) others_seen_ = clock_.now();
}

void AccountBooks::take_over(const trader::Ledger& ledger) {
  cash_known_ = ledger.cash.has_value();
  if (options_.ledger) others_seen_.reset();
  expected_ = {ledger.cash ? Decimal::or_zero(*ledger.cash) : read_.cash, Decimal::or_zero(ledger.position)};
  account_.restate({expected_.cash.number(), ledger.position,
                    ledger.entry_price > 0 ? ledger.entry_price : read_.entry_price, ledger.bars_held},
                   price_);
  foreign_ = options_.ledger ? std::max(read_.position - expected_.position, Decimal()) : Decimal();
  remember(ledger.books_memory);
  agreed_ = false;
  if (options_.ledger) {
    read_again();
  } else {
    take(Books(read_));
  }
}

market::Trade AccountBooks::filled(Side side, Decimal quantity, double price) {
  const double gross = quantity.number() * price;
  market::Trade trade{.side = side, .price = price, .commission = gross * read_.fee_fraction};
  if (side == Side::buy) {
    const auto received = Decimal::or_zero(quantity.number() * (1 - read_.fee_fraction));
    trade.quantity = received.number();  // the fee is taken in coin
    trade.cash = gross;
    expected_.position = expected_.position + received;
    expected_.cash = expected_.cash - Decimal::or_zero(gross);
    bought_ += quantity.number();
    bought_value_ += gross;
  } else {
    trade.quantity = quantity.number();
    trade.cash = gross - trade.commission;
    expected_.position = expected_.position - quantity;
    expected_.cash = expected_.cash + Decimal::or_zero(trade.cash);
    sold_value_ += gross;
  }
  account_.apply(trade);
  account_.restate({expected_.cash.number(), expected_.position.number(), account_.entry_price(), {}}, price);
  price_ = price;
  agreed_ = false;  // until the books contain it
  order_moved();
  return trade;
}

void AccountBooks::order_moved() {
  moved_at_ = Steady::now();
  pause_ = milliseconds(0);
  due_ = *moved_at_;
}

void AccountBooks::bar_closed(double price) {
  price_ = price;
  account_.next_bar();
}

bool AccountBooks::Allowance::covers(Decimal difference) const {
  return difference.number() >= -less && difference.number() <= more;
}

AccountBooks::Allowance AccountBooks::position_allowance(Fees fees_posted) const {
  const double rounding = kDust + 1e-12 * expected_.position.magnitude().number();
  const double fees = kFeeUncertainty * bought_;
  const double due = fees_posted == Fees::due ? (1 + kFeeUncertainty) * coin_fees_due_ : 0;
  return {.less = rounding + fees + due, .more = rounding + fees};
}

AccountBooks::Allowance AccountBooks::cash_allowance(Fees fees_posted) const {
  const double fees = kFeeUncertainty * (sold_value_ + bought_value_);
  // A coin fee that finds no coin any more is taken in dollars.
  const double due = fees_posted == Fees::due ? cash_fees_due_ + coin_fees_due_ * price_ : 0;
  return {.less = kCents + fees + (1 + 10 * kFeeUncertainty) * due, .more = kCents + fees};
}

Decimal AccountBooks::spendable() const {
  // A market order by dollars may cost a fraction of a cent more, and no ledger is ever below 0.
  const double kept = options_.ledger ? fees_due_usd() + 0.01 : 0;
  return std::min(read_.buying_power, expected_.cash - Decimal::or_zero(kept));
}

Books AccountBooks::ours_of(const AccountReading& reading) const {
  auto ours = reading.of(options_.symbol);
  ours.position = ours.position - foreign_;
  ours.available = std::max(ours.available - foreign_, Decimal());
  if (foreign_.positive())
    ours.entry_price = 0;     // it is one of all coins together: ours is known by our fills
  ours.holds_others = false;  // the cash of others is not in our share
  return ours;
}

bool AccountBooks::coins_agree(const Books& reading) const {
  return position_allowance(Fees::due).covers(reading.position - expected_.position);
}

LedgerCash AccountBooks::cash_facts(const AccountReading& reading) const {
  const auto fees = kFeeUncertainty * (sold_value_ + bought_value_);
  const auto ours = ours_of(reading);
  const double price = price_ > 0 ? price_ : ours.market_price;
  const double coins_cash = (expected_.position - ours.position).number() * price;
  return {.cash = expected_.cash,
          .less = fees,
          .more = fees,
          .due = fees_due_usd(),
          .moving = !agreed_,
          .coins_differ = !coins_agree(ours),
          .coins_cash = price > 0 ? std::optional(coins_cash) : std::nullopt};
}

void AccountBooks::take(const AccountReading& reading, const CashShare& share) {
  auto ours = ours_of(reading);
  ours.cash = share.cash;
  if (share.lost) {
    take_difference(ours);
    read_ = ours;
  } else if (share.open && coins_agree(ours)) {
    wait_for_cash(ours);
  } else {
    take(ours);
  }
}

// Somebody's trade or a lag: until the cash is explained nothing is bought.
void AccountBooks::wait_for_cash(const Books& reading) {
  unread_since_.reset();
  agreed_ = false;
  grow_pause();
  read_ = reading;
}

// What else is traded on the account moves its cash, and so do its fees at the end of the day.
bool AccountBooks::judges_cash() const {
  return cash_known_ && (!others_seen_ || clock_.now() - *others_seen_ > kFeesPostedWithin);
}

bool AccountBooks::agrees(const Books& reading, Fees fees) const {
  return position_allowance(fees).covers(reading.position - expected_.position) &&
         (!judges_cash() || cash_allowance(fees).covers(reading.cash - expected_.cash));
}

void AccountBooks::take(const Books& reading) {
  if (unread_since_) {
    base::log()->info("account {} can be read again", reading.account_number);
    unread_since_.reset();
    pause_ = milliseconds(0);
  }
  if (reading.barred && reading.barred != read_.barred)
    base::log()->error("account {} may not trade: {}; nothing is bought", reading.account_number,
                       *reading.barred);
  if (read_.barred && !reading.barred)
    base::log()->info("account {} may trade again", reading.account_number);
  if (reading.holds_others) others_seen_ = clock_.now();
  if (fees_since_ && clock_.now() - *fees_since_ > kFeesPostedWithin) coin_fees_due_ = cash_fees_due_ = 0;
  agrees(reading, Fees::taken) ? agree(reading) : differ(reading);
  read_ = reading;
}

void AccountBooks::agree(const Books& reading) {
  keep_fees_in_mind(reading);
  restate(reading);
  // What a cancelled order held is released a little later.
  const bool released = reading.available + Decimal::or_zero(kDust) >= reading.position;
  const auto now = Steady::now();
  if (!released && moved_at_ && now - *moved_at_ < options_.patience) return grow_pause();
  pause_ = milliseconds(0);
  due_ = now + options_.read_every;
}

// More in the account than it should have is a fee that was not taken yet, and less one that now was.
void AccountBooks::keep_fees_in_mind(const Books& reading) {
  const double coin = (reading.position - expected_.position).number();
  const double cash = judges_cash() ? (reading.cash - expected_.cash).number() : 0;
  if (coin > kDust || cash > kCents) fees_since_ = clock_.now();
  coin_fees_due_ = std::max(coin_fees_due_ + coin, 0.0);
  const double left = cash_fees_due_ + cash;
  if (left < 0 && price_ > 0) coin_fees_due_ = std::max(coin_fees_due_ + left / price_, 0.0);
  cash_fees_due_ = std::max(left, 0.0);
}

void AccountBooks::restate(const Books& reading) {
  expected_ = {reading.cash, reading.position};
  if (reading.market_price > 0 && price_ <= 0) price_ = reading.market_price;
  account_.restate({reading.cash.number(), reading.position.number(), reading.entry_price, {}}, price_);
  bought_ = bought_value_ = sold_value_ = 0;
  cash_known_ = agreed_ = true;
  agreed_at_ = Steady::now();
  differing_.reset();
  differs_since_.reset();
}

void AccountBooks::differ(const Books& reading) {
  const auto now = Steady::now();
  agreed_ = false;
  if (!differs_since_) {
    differs_since_ = now;
    base::log()->info("account {} is not as it should be; it is read again", reading.account_number);
  }
  const Amounts amounts{reading.cash, reading.position};
  const bool same = differing_ == amounts;
  differing_ = amounts;
  // Fees that are posted now explain it as well as a fill of which we do not know yet: no hurry.
  const bool fees = agrees(reading, Fees::due);
  const auto patience = fees ? options_.patience / 2 : options_.patience;
  const auto judged_at = std::max(*differs_since_, moved_at_.value_or(*differs_since_)) + patience;
  if (same && now >= judged_at) {
    if (fees) return agree(reading);
    return sells_foreign(reading) ? release_foreign(reading) : take_difference(reading);
  }
  grow_pause();
  if (now < judged_at) due_ = std::min(due_, judged_at);
}

bool AccountBooks::sells_foreign(const Books& reading) const {
  const auto missing = (expected_.position - reading.position).number();
  return foreign_.positive() && missing > position_allowance(Fees::due).less;
}

// Coins that were here before the ledger go first; what they were sold for is nobody's.
void AccountBooks::release_foreign(const Books& reading) {
  const auto missing = expected_.position - reading.position;
  const auto gone = std::min(missing, foreign_);
  foreign_ = foreign_ - gone;
  base::log()->info("{} {} that were no ledger's have left the account", gone.text(), options_.symbol);
  differing_.reset();
  differs_since_.reset();
  read_again();
}

void AccountBooks::take_difference(const Books& reading) {
  trader::BooksDifference difference{.sentence = sentence(reading)};
  const double before = account_.net_worth(price_);
  restate(reading);
  if (options_.ledger && expected_.position < Decimal()) {
    foreign_ = foreign_ + expected_.position;  // coins of nobody are gone as well
    expected_.position = Decimal();
    account_.restate({expected_.cash.number(), 0, 0, 0}, price_);
  }
  difference.equity_change = account_.net_worth(price_) - before;
  differences_.push_back(std::move(difference));
  pause_ = milliseconds(0);
  due_ = Steady::now() + options_.read_every;
}

std::string AccountBooks::sentence(const Books& reading) const {
  std::vector<std::string> is, should;
  if (!position_allowance().covers(reading.position - expected_.position)) {
    is.push_back(fmt::format("holds {} of {}", reading.position.text(), options_.symbol));
    should.push_back(expected_.position.text());
  }
  if (judges_cash() && !cash_allowance().covers(reading.cash - expected_.cash)) {
    is.push_back(fmt::format("has {:.2f} in cash", reading.cash.number()));
    should.push_back(fmt::format("{:.2f}", expected_.cash.number()));
  }
  const auto of = options_.ledger ? fmt::format("{}'s ledger of ", options_.symbol) : "";
  return fmt::format("{}account {} {}; by our books it should be {}", of, reading.account_number,
                     fmt::join(is, " and "), fmt::join(should, " and "));
}

void AccountBooks::reading_failed(bool tell) {
  ++unread_;
  if (!unread_since_) {
    unread_since_ = clock_.now();
    pause_ = milliseconds(0);
    if (tell) base::log()->warn("account {} cannot be read; it is tried again", read_.account_number);
  }
  grow_pause();
}

void AccountBooks::grow_pause() {
  pause_ = std::clamp(2 * pause_, options_.reread_first, options_.reread_longest);
  due_ = Steady::now() + pause_;
}

// A reading that agrees knows it to the last place; until there is one, no more than is surely there.
Decimal AccountBooks::available() const {
  if (agreed_) return read_.available;
  const auto sure = expected_.position - Decimal::or_zero(position_allowance().less);
  return std::max(sure, Decimal());
}

trader::BooksHealth AccountBooks::health() const {
  const auto now = Steady::now();
  const bool young = now - agreed_at_ <= options_.patience;
  const bool released = read_.available + Decimal::or_zero(kDust) >= read_.position || !moved_at_ ||
                        now - *moved_at_ >= options_.patience;
  return {.settled = agreed_ && young && released,
          .unread_since = unread_since_,
          .unread = unread_,
          .barred = read_.barred,
          .nobodys_cash = division_.nobodys ? std::optional(division_.nobodys->number()) : std::nullopt};
}

std::string AccountBooks::memory() const {
  const auto instant = [](const std::optional<base::Instant>& at) {
    return at ? std::optional<std::int64_t>(at->time_since_epoch().count()) : std::nullopt;
  };
  base::JsonWriter json;
  json.object().field("coin_fees_due", coin_fees_due_).field("cash_fees_due", cash_fees_due_);
  json.field("fees_since", instant(fees_since_)).field("others_seen", instant(others_seen_));
  json.field("bought", bought_).field("bought_value", bought_value_).field("sold_value", sold_value_);
  if (options_.ledger) {
    json.field("foreign_coins", foreign_.text()).field("ledgers", division_.ledgers);
    json.field("nobodys_cash", division_.nobodys ? division_.nobodys->text() : std::string());
  }
  return json.end().text();
}

void AccountBooks::remember(const std::string& memory) {
  if (memory.empty()) return;
  try {
    auto json = base::JsonValue::parse(memory, "the memory of the books").as_object();
    const auto instant = [&](const char* key) -> std::optional<base::Instant> {
      const auto value = json.find(key);
      if (!value || !value->is_number()) return std::nullopt;
      return base::Instant(milliseconds(static_cast<std::int64_t>(value->as_number())));
    };
    coin_fees_due_ = json.number("coin_fees_due");
    cash_fees_due_ = json.number("cash_fees_due");
    fees_since_ = instant("fees_since");
    if (!others_seen_) others_seen_ = instant("others_seen");
    bought_ = json.number("bought");
    bought_value_ = json.number("bought_value");
    sold_value_ = json.number("sold_value");
    if (options_.ledger) {
      if (const auto coins = Decimal::parse(json.string("foreign_coins", ""))) foreign_ = *coins;
      division_ = {Decimal::parse(json.string("nobodys_cash", "")), json.string("ledgers", "")};
    }
  } catch (const base::Error& error) {
    base::log()->warn("what the last session knew of fees is not understood: {}", error.what());
  }
}

}  // namespace ctt::alpaca
