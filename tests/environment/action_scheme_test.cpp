#include "environment/action_scheme.h"

#include <stdexcept>

using namespace ctt::environment;
using doctest::Approx;

namespace {

constexpr int kHold = 0, kBuy = 1, kSell = 2, kThird = 3;

/// A scheme with an account of 1000 without commission: each bar decides and fills at its close.
struct Trader {
  explicit Trader(std::string_view scheme, const std::map<std::string, double>& parameters = {})
      : actions(ActionSchemeSpec::parse(scheme, parameters)) {}

  /// 'b' bought, 's' sold, '.' neither.
  char bar(int action, double close) { return bar(action, close, close); }
  char bar(int action, double close, double fill) {
    last = actions.decide(action, close, account);
    const auto trade = account.execute(last, fill);
    if (trade.side != Side::none) actions.filled(trade, account);
    return trade.side == Side::buy ? 'b' : trade.side == Side::sell ? 's' : '.';
  }
  std::string bars(std::initializer_list<int> script, double close) {
    std::string out;
    for (const int action : script) out += bar(action, close);
    return out;
  }

  /// Sells a share of the position, or spends a share of the cash, by one order that fills in equal parts.
  void sell(double share, double price, int parts) {
    fill({.side = Side::sell, .quantity = share * account.quantity() / parts}, price, parts);
  }
  void buy(double share, double price, int parts) {
    fill({.side = Side::buy, .cash = share * account.cash() / parts}, price, parts);
  }
  void fill(const Order& part, double price, int parts) {
    for (int k = 0; k < parts; ++k) actions.filled(account.execute(part, price), account, k == 0);
  }
  int tranches_in() const { return static_cast<int>(actions.memory().at(4)); }

  ActionScheme actions;
  Account account{1000, {}};
  Order last;
};

}  // namespace

TEST_CASE("BSH buys all, sells all, and passes over what it has already done") {
  Trader trader("BSH");
  CHECK(trader.bars({kSell, kHold, kBuy, kBuy, kSell, kSell}, 10) == "..b.s.");
  CHECK(trader.account.cash() == 1000);
}

TEST_CASE("an action outside the scheme is a bug of the caller") {
  Trader trader("BSH");
  CHECK_THROWS_AS(trader.bar(3, 10), std::invalid_argument);
  CHECK_THROWS_AS(trader.bar(-1, 10), std::invalid_argument);
  Trader scaled("ScaledEntryBSH");
  CHECK_NOTHROW(scaled.bar(3, 10));
}

TEST_CASE("a trailing stop sells at the close that lies stop_pct below the highest close since entry") {
  Trader trader("TrailingStopBSH", {{"stop_pct", 0.1}});
  CHECK(trader.bar(kBuy, 100) == 'b');
  CHECK(trader.bar(kHold, 120) == '.');
  CHECK(trader.bar(kHold, 108.01) == '.');
  CHECK(trader.bar(kBuy, 108) == 's');
  CHECK(trader.last.forced);
  CHECK(trader.last.action == kSell);
  CHECK(trader.bar(kBuy, 100) == 'b');  // a new entry has a new peak
  CHECK(trader.bar(kHold, 91) == '.');
  CHECK(trader.bar(kSell, 90) == 's');
  CHECK_FALSE(trader.last.forced);
}

TEST_CASE("a stop counts from the price of the fill, not from the close it was decided at") {
  Trader trailing("TrailingStopBSH", {{"stop_pct", 0.1}});
  trailing.bar(kBuy, 100, 110);
  CHECK(trailing.bar(kHold, 99.1) == '.');
  CHECK(trailing.bar(kHold, 99) == 's');
  Trader bracket("BracketBSH", {{"stop_loss_pct", 0.5}, {"take_profit_pct", 0.1}});
  bracket.bar(kBuy, 100, 120);
  CHECK(bracket.bar(kHold, 131) == '.');
  CHECK(bracket.bar(kHold, 132.1) == 's');
}

TEST_CASE("a scheme that comes to a position it did not open guards it from the account's entry price") {
  Trader trailing("TrailingStopBSH", {{"stop_pct", 0.1}});
  trailing.account.execute({.side = Side::buy, .cash = 1000}, 100);
  CHECK(trailing.bar(kHold, 91) == '.');
  CHECK(trailing.bar(kHold, 90) == 's');
  Trader bracket("BracketBSH", {{"stop_loss_pct", 0.05}, {"take_profit_pct", 0.1}});
  bracket.account.execute({.side = Side::buy, .cash = 1000}, 100);
  CHECK(bracket.bar(kHold, 100) == '.');
  CHECK(bracket.bar(kHold, 94) == 's');
}

TEST_CASE("a bracket sells at its loss and at its profit") {
  Trader loss("BracketBSH", {{"stop_loss_pct", 0.05}, {"take_profit_pct", 0.1}});
  loss.bar(kBuy, 100);
  CHECK(loss.bar(kHold, 95.1) == '.');
  CHECK(loss.bar(kHold, 94.9) == 's');
  Trader profit("BracketBSH", {{"stop_loss_pct", 0.05}, {"take_profit_pct", 0.1}});
  profit.bar(kBuy, 100);
  CHECK(profit.bar(kHold, 109) == '.');
  CHECK(profit.bar(kHold, 110.1) == 's');
}

TEST_CASE("a spent drawdown budget sells, and blocks buying while it stays spent") {
  Trader trader("DrawdownBudgetBSH", {{"max_drawdown_pct", 0.1}, {"lockout_steps", 2}});
  trader.bar(kBuy, 100);
  CHECK(trader.bar(kHold, 90) == '.');  // exactly the budget is not over it
  CHECK(trader.bar(kHold, 89) == 's');
  CHECK(trader.last.forced);
  CHECK(trader.bars({kBuy, kBuy, kBuy, kBuy}, 100) == "....");
  trader.actions.reset();  // the peak is forgotten with the episode
  CHECK(trader.bar(kBuy, 100) == 'b');
}

TEST_CASE("a lock-out lasts lockout_steps bars from the breach when equity recovers") {
  Trader trader("DrawdownBudgetBSH", {{"max_drawdown_pct", 0.1}, {"lockout_steps", 3}});
  trader.bar(kBuy, 100);
  CHECK(trader.bar(kHold, 80) == 's');                      // breach: this bar and the next two
  trader.account.apply({.side = Side::sell, .cash = 200});  // money comes back from elsewhere
  CHECK(trader.bars({kBuy, kBuy, kBuy}, 80) == "..b");
}

TEST_CASE("a cool-down blocks buying for cooldown_steps bars after the bar of the sale") {
  Trader trader("CooldownBSH", {{"cooldown_steps", 2}});
  CHECK(trader.bars({kBuy, kSell, kBuy, kBuy, kBuy}, 10) == "bs..b");
  Trader none("CooldownBSH", {{"cooldown_steps", 0}});
  CHECK(none.bars({kBuy, kSell, kBuy}, 10) == "bsb");
}

TEST_CASE("a blocked action is carried out as a hold") {
  Trader trader("CooldownBSH", {{"cooldown_steps", 1}});
  trader.bars({kBuy, kSell, kBuy}, 10);
  CHECK(trader.last.action == kHold);
  CHECK_FALSE(trader.last.forced);
}

TEST_CASE("a minimum hold blocks selling for min_hold_steps bars after the bar of the purchase") {
  Trader trader("HoldMinimumBSH", {{"min_hold_steps", 2}});
  CHECK(trader.bars({kBuy, kSell, kSell, kSell}, 10) == "b..s");
}

TEST_CASE("a signal is confirmed by its repeats; a hold and another signal start over") {
  Trader trader("ConfirmationBSH", {{"confirmation_steps", 2}});
  CHECK(trader.bars({kBuy, kHold, kBuy, kSell, kBuy, kBuy}, 10) == ".....b");
  CHECK(trader.bars({kSell, kBuy, kBuy, kSell, kSell}, 10) == "....s");
}

TEST_CASE("scaled entries buy equal parts of the cash and sell equal parts of the asset") {
  Trader trader("ScaledEntryBSH", {{"num_tranches", 4}});
  CHECK(trader.bars({kBuy, kBuy, kBuy}, 10) == "bbb");
  CHECK(trader.account.cash() == Approx(250));
  CHECK(trader.bar(kThird, 10) == 's');
  CHECK(trader.account.quantity() == Approx(50));
  CHECK(trader.bars({kBuy, kBuy, kBuy}, 10) == "bb.");  // four tranches are in
  CHECK(trader.account.cash() == Approx(0));
  CHECK(trader.bars({kSell, kThird, kSell}, 10) == "s..");
  CHECK(trader.account.cash() == Approx(1000));
}

TEST_CASE("partial profit sells a part first, then the rest; the fourth action sells all") {
  Trader trader("PartialTakeProfitBSH", {{"first_sell_proportion", 0.25}});
  CHECK(trader.bars({kBuy, kSell}, 10) == "bs");
  CHECK(trader.account.quantity() == Approx(75));
  CHECK(trader.bars({kBuy, kSell, kSell}, 10) == ".s.");  // no second purchase on top
  CHECK(trader.bars({kBuy, kThird}, 10) == "bs");
  CHECK(trader.account.quantity() == 0);
  CHECK(trader.bars({kBuy, kSell, kThird}, 10) == "bss");
}

TEST_CASE("volatility sizing spends the target over the population deviation of the log returns") {
  // Log returns +h, -h: mean 0, deviation h.
  const double h = 0.04;
  Trader trader("VolatilitySizedBSH", {{"target_risk", 0.02}, {"window", 2}});
  trader.bar(kHold, 500);  // leaves the window of two returns
  trader.bar(kHold, 100);
  trader.bar(kHold, 100 * std::exp(h));
  CHECK(trader.bar(kBuy, 100) == 'b');
  CHECK(trader.account.cash() == Approx(500));
}

TEST_CASE("volatility sizing buys max_size without a deviation and stays within its sizes") {
  const std::map<std::string, double> sizes{{"min_size", 0.2}, {"max_size", 0.6}, {"window", 20}};
  Trader first("VolatilitySizedBSH", sizes);
  CHECK(first.bar(kBuy, 100) == 'b');
  CHECK(first.account.cash() == Approx(400));
  Trader wild("VolatilitySizedBSH", sizes);
  wild.bar(kHold, 100);
  wild.bar(kHold, 200);
  wild.bar(kBuy, 100);
  CHECK(wild.account.cash() == Approx(800));
}

TEST_CASE("an order that was not filled leaves no trace in the memory") {
  Trader trader("HoldMinimumBSH", {{"min_hold_steps", 5}});
  trader.actions.decide(kBuy, 10, trader.account);
  CHECK(trader.bars({kBuy}, 10) == "b");
  Trader scaled("ScaledEntryBSH", {{"num_tranches", 2}});
  scaled.actions.decide(kBuy, 10, scaled.account);
  scaled.bar(kBuy, 10);
  CHECK(scaled.account.cash() == Approx(500));
}

TEST_CASE("a scheme restored from its memory goes on as the first would have") {
  for (const auto& name : action_scheme_names()) {
    CAPTURE(name);
    Trader first(name);
    for (int k = 0; k < 30; ++k) first.bar(k * 7 % 3, 100 + k * 13 % 17);
    Trader second(name);
    second.account = first.account;
    second.actions.restore(first.actions.memory());
    for (int k = 30; k < 60; ++k) {
      const double close = 100 + k * 13 % 17;
      REQUIRE(first.bar(k * 5 % 3, close) == second.bar(k * 5 % 3, close));
    }
    CHECK(first.account.net_worth(100) == second.account.net_worth(100));
  }
}

// What a session stored before is read after an upgrade: each number has its place, whatever the scheme.
TEST_CASE("the memory of every scheme has the form that earlier releases stored") {
  const std::map<std::string, std::vector<double>> stored{{"BSH", {0, 0, 0, 0, 0, 0, 0}},
                                                          {"TrailingStopBSH", {115, 0, 0, 0, 0, 0, 0}},
                                                          {"BracketBSH", {0, 0, 0, 0, 0, 0, 0}},
                                                          {"DrawdownBudgetBSH", {1130, 9, 0, 0, 0, 0, 0}},
                                                          {"CooldownBSH", {0, 1, 0, 0, 0, 0, 0}},
                                                          {"HoldMinimumBSH", {0, 2, 0, 0, 0, 0, 0}},
                                                          {"ConfirmationBSH", {0, 0, 1, 1, 0, 0, 0}},
                                                          {"ScaledEntryBSH", {0, 0, 0, 0, 3, 0, 0}},
                                                          {"PartialTakeProfitBSH", {0, 0, 0, 0, 0, 1, 0}},
                                                          {"VolatilitySizedBSH", {0, 0, 0, 0, 0, 0, 11}}};
  for (const auto& name : action_scheme_names()) {
    CAPTURE(name);
    Trader trader(name);
    for (int k = 0; k < 11; ++k) trader.bar(k == 6 ? kSell : k == 5 ? kHold : kBuy, 100 + k * 13 % 17);
    auto memory = trader.actions.memory();
    if (name == "VolatilitySizedBSH") {
      REQUIRE(memory.size() == 7 + 21);
      CHECK(memory[7] == std::log(100));
      memory.resize(7);
    }
    CHECK(memory == stored.at(name));
  }
}

TEST_CASE("a copy of a scheme goes on by itself") {
  Trader trader("TrailingStopBSH", {{"stop_pct", 0.1}});
  trader.bar(kBuy, 100);
  Trader copy = trader;
  trader.bar(kHold, 120);
  CHECK(trader.bar(kHold, 108) == 's');
  CHECK(copy.bar(kHold, 108) == '.');
  copy = trader;
  CHECK(copy.bars({kBuy, kHold}, 100) == "b.");
}

TEST_CASE("every scheme: a sale of all in three parts leaves the memory that a sale in one does") {
  for (const auto& name : action_scheme_names()) {
    CAPTURE(name);
    Trader whole(name);
    for (int k = 0; k < 40; ++k) whole.bar(k % 9 < 6 ? kBuy : kHold, 100 + k % 3);
    if (whole.account.quantity() == 0) whole.bar(kBuy, 100);
    REQUIRE(whole.account.quantity() > 0);
    Trader parts = whole;
    whole.sell(1, 110, 1);
    parts.sell(1, 110, 3);
    CHECK(whole.account.quantity() == 0);
    CHECK(parts.account.quantity() == 0);
    CHECK(parts.actions.memory() == whole.actions.memory());
  }
}

TEST_CASE("every scheme: a purchase in three parts leaves the memory that a purchase in one does") {
  for (const auto& name : action_scheme_names()) {
    CAPTURE(name);
    Trader whole(name), parts(name);
    whole.buy(0.5, 100, 1);
    parts.buy(0.5, 100, 3);
    CHECK(parts.account.quantity() == Approx(whole.account.quantity()));
    CHECK(parts.actions.memory() == whole.actions.memory());
  }
}

TEST_CASE("a sale of which only a part comes about leaves the stop with its peak") {
  for (const int fills : {1, 3}) {
    Trader trader("TrailingStopBSH", {{"stop_pct", 0.1}});
    trader.bar(kBuy, 100);
    trader.bar(kHold, 120);
    trader.sell(0.4, 115, fills);
    CHECK(trader.bar(kHold, 108.01) == '.');
    CHECK(trader.bar(kHold, 108) == 's');  // 10 % below 120, not below 115
    CHECK(trader.account.quantity() == 0);
  }
}

TEST_CASE("a later fill of a purchase at a lower price does not lower the stop's peak") {
  Trader trader("TrailingStopBSH", {{"stop_pct", 0.1}});
  trader.buy(0.5, 110, 1);
  const auto rest = trader.account.execute({.side = Side::buy, .cash = 500}, 90);
  trader.actions.filled(rest, trader.account, false);
  CHECK(trader.bar(kHold, 99.1) == '.');
  CHECK(trader.bar(kHold, 99) == 's');
}

TEST_CASE("of scaled entries a sale in parts takes one tranche, and the last one only with the position") {
  Trader trader("ScaledEntryBSH", {{"num_tranches", 3}});
  CHECK(trader.bars({kBuy, kBuy}, 10) == "bb");
  trader.sell(0.5, 10, 3);
  CHECK(trader.tranches_in() == 1);
  trader.sell(0.5, 10, 3);  // a sale of all that was cut short
  CHECK(trader.tranches_in() == 1);
  const double cash = trader.account.cash();
  CHECK(trader.bar(kBuy, 10) == 'b');
  CHECK(trader.account.cash() == Approx(cash / 2));  // the second of three
  trader.sell(1, 10, 3);
  CHECK(trader.tranches_in() == 0);
}

TEST_CASE("scaled entries that sell a part of a position they did not buy can be restored") {
  Trader trader("ScaledEntryBSH", {{"num_tranches", 3}});
  trader.account.execute({.side = Side::buy, .cash = 500}, 10);
  trader.sell(0.5, 10, 1);
  ActionScheme later(ActionSchemeSpec::parse("ScaledEntryBSH", {{"num_tranches", 3}}));
  CHECK_NOTHROW(later.restore(trader.actions.memory()));
}

TEST_CASE("a first taking of profit in parts is one, and the next sale takes the rest") {
  Trader trader("PartialTakeProfitBSH", {{"first_sell_proportion", 0.6}});
  trader.bar(kBuy, 10);
  trader.actions.decide(kSell, 10, trader.account);
  trader.sell(0.6, 10, 3);
  CHECK(trader.bar(kSell, 10) == 's');
  CHECK(trader.account.quantity() == 0);
}

TEST_CASE("a cool-down begins when the last part of the position is sold") {
  Trader trader("CooldownBSH", {{"cooldown_steps", 2}});
  trader.bar(kBuy, 10);
  trader.sell(0.5, 10, 1);
  trader.bars({kHold, kHold}, 10);
  trader.sell(1, 10, 2);
  CHECK(trader.bars({kBuy, kBuy, kBuy}, 10) == "..b");
}

TEST_CASE("a part of a sale does not shorten a minimum hold") {
  Trader trader("HoldMinimumBSH", {{"min_hold_steps", 2}});
  trader.bar(kBuy, 10);
  trader.sell(0.5, 10, 2);  // on somebody else's word
  CHECK(trader.bars({kSell, kSell, kSell}, 10) == "..s");
}

// A person sold it, or what is left is too little for an order: the account that the scheme is shown has none.
TEST_CASE("a position that went without a fill of its own is forgotten") {
  SUBCASE("its peak") {
    Trader trader("TrailingStopBSH", {{"stop_pct", 0.1}});
    trader.bar(kBuy, 200);
    trader.account.restate({.cash = 1000, .quantity = 0, .bars_held = {}}, 100);
    CHECK(trader.bars({kBuy, kHold}, 100) == "b.");
  }
  SUBCASE("its tranches") {
    Trader trader("ScaledEntryBSH", {{"num_tranches", 2}});
    trader.bars({kBuy, kBuy}, 10);
    trader.account.restate({.cash = 1000, .quantity = 0, .bars_held = {}}, 10);
    CHECK(trader.bars({kBuy, kBuy}, 10) == "bb");
  }
}

TEST_CASE("memory of another scheme, or none, is refused") {
  ActionScheme sized(ActionSchemeSpec::parse("VolatilitySizedBSH"));
  ActionScheme plain(ActionSchemeSpec::parse("BSH"));
  CHECK_THROWS_AS(sized.restore(plain.memory()), std::invalid_argument);
  CHECK_THROWS_AS(plain.restore({}), std::invalid_argument);
  for (const double wrong : {std::nan(""), -1.0, 0.5, 1e300}) {
    auto memory = plain.memory();
    memory[1] = wrong;
    CHECK_THROWS_AS(plain.restore(memory), std::invalid_argument);
  }
}
