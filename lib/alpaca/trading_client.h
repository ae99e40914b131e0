#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alpaca/decimal.h"
#include "alpaca/endpoints.h"
#include "alpaca/http.h"
#include "alpaca/startup_retry.h"
#include "alpaca/token_bucket.h"
#include "base/json.h"
#include "market/order.h"

namespace ctt::alpaca {

/// An instrument as Alpaca trades it.
struct Asset {
  std::string symbol;
  Decimal min_order_size;             ///< of the asset; 0 when not said
  Decimal trade_increment;            ///< of quantities; 0 when not said
  std::optional<std::string> barred;  ///< why it cannot be traded
};

/// What an account has, and what it has of one instrument.
struct Books {
  std::string account_number;
  std::optional<std::string> barred;  ///< why it may not trade: its status or a flag
  Decimal cash;
  Decimal buying_power;          ///< what crypto can be bought for
  double fee_fraction = 0.0025;  ///< a taker's, of the account's tier
  Decimal position;              ///< below 0: sold short, which ctt never does
  Decimal available;             ///< of the position: not held by open orders
  double entry_price = 0;        ///< 0 when not said
  double market_price = 0;       ///< of the position, 0 when there is none
  bool holds_others = false;     ///< positions of other instruments: cash is not ours alone
};

/// An account as it was read at one time: its state, its cash, and what it holds of every instrument.
struct AccountReading {
  struct Position {
    std::string symbol{};  ///< as positions spell it, `BTCUSD`
    Decimal quantity, available;
    double entry_price = 0;
    double market_price = 0;
  };

  std::string account_number;
  std::optional<std::string> barred;
  Decimal cash;
  Decimal buying_power;
  double fee_fraction = 0.0025;
  std::vector<Position> positions;

  /// What of it concerns one instrument.
  Books of(const std::string& symbol) const;
};

/// An order as Alpaca tells of it.
struct OrderRecord {
  std::string id;
  std::string client_order_id;
  std::string symbol;
  market::OrderStatus status = market::OrderStatus::open;  ///< what we do not know is open
  std::string status_text;
  Decimal filled;                   ///< in all, fees not taken off
  double filled_price = 0;          ///< average; 0 while nothing is filled
  std::optional<base::Instant> at;  ///< when it changed last
};

/// The order of that JSON object. Nothing when what matters is missing or makes no sense.
std::optional<OrderRecord> read_order(const base::JsonValue& json);

/// A market order to be sent.
struct NewOrder {
  std::string client_order_id{};
  std::string symbol{};
  market::Side side = market::Side::buy;
  std::optional<Decimal> notional{};  ///< this or a quantity
  std::optional<Decimal> quantity{};
  std::string body() const;
};

/// What became of sending an order.
struct Submission {
  enum class Outcome {
    accepted,   ///< `order` is there
    duplicate,  ///< an order of this id is there already: it landed before
    refused,    ///< certainly not there; `reason`
    not_sent,   ///< certainly never arrived; `reason`
    unsure,     ///< may be there or not; `reason`
  };
  Outcome outcome = Outcome::unsure;
  std::optional<OrderRecord> order;
  std::string reason;
};

/// What looking for an order came to.
struct Lookup {
  enum class Outcome { found, absent, unsure };
  Outcome outcome = Outcome::unsure;
  std::optional<OrderRecord> order;
  std::string reason;  ///< of unsure
};

/// Alpaca's trading API, one call a method.
///
/// Reading at a start (`asset`, `books`) is repeated a few times, and by `startup_retry` when
/// it is refused. It throws Error(keys), Error(not_found) for what Alpaca does not know, Error(refused) for
/// other refusals, and Error(unreachable), also for an answer that is about another asset or of
/// another shape. `try_books` and `find` are one request each, so that the bar thread waits for no more
/// than one; an order is sent exactly once. The account's requests share one token bucket.
/// One thread at a time.
class TradingClient {
 public:
  /// Alpaca allows an account 200 requests a minute.
  TradingClient(Endpoints endpoints, Credentials credentials, HttpOptions http, const base::Clock& clock,
                double requests_per_minute = 180, StartupRetry startup_retry = {});

  Asset asset(const std::string& symbol);
  AccountReading account();
  Books books(const std::string& symbol) { return account().of(symbol); }

  std::optional<AccountReading> try_account();
  std::optional<Books> try_books(const std::string& symbol);
  /// All that are open, of every instrument; nothing when the one request did not work out.
  std::optional<std::vector<OrderRecord>> try_open_orders();
  Lookup find(const std::string& client_order_id);
  Submission submit(const NewOrder& order);
  /// Asks for an order's end; whether and how it ended is for `find` to tell.
  void cancel(const std::string& id);

  /// By how much our clock was ahead of the server's at the last answer that told its time.
  std::optional<std::chrono::milliseconds> clock_ahead() const { return clock_ahead_; }

  /// Whether the newest reading (`try_books`, `try_open_orders`) was refused because of the keys.
  bool keys_refused() const { return keys_refused_; }

  const Endpoints& endpoints() const { return endpoints_; }

 private:
  HttpResult once(const HttpRequest& request);
  base::JsonValue patiently(const std::string& path, const std::string& what);
  std::optional<base::JsonValue> try_read(const std::string& path);
  std::string url(const std::string& path) const;

  Endpoints endpoints_;
  HttpClient client_;
  TokenBucket bucket_;
  const base::Clock& clock_;
  StartupRetry startup_retry_;
  std::optional<std::chrono::milliseconds> clock_ahead_;
  bool keys_refused_ = false;
};

/// Our clock, set back by what it is ahead of the broker's: what it says has closed has closed there too.
class BrokerClock : public base::Clock {
 public:
  /// Both outlive it; used by the thread that uses `client`.
  BrokerClock(const base::Clock& ours, const TradingClient& client) : ours_(ours), client_(client) {}
  base::Instant now() const override {
    using std::chrono::milliseconds;
    return ours_.now() - std::max(client_.clock_ahead().value_or(milliseconds(0)), milliseconds(0));
  }

 private:
  const base::Clock& ours_;
  const TradingClient& client_;
};

/// `BTCUSD`: how positions spell `BTC/USD`.
std::string without_slash(std::string_view symbol);

}  // namespace ctt::alpaca
