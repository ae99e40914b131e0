"""Cash and coins, counted in decimals."""

from dataclasses import dataclass
from decimal import Decimal

from .money import QUANTUM, ZERO, cut, of_number, text

_ID = "6a1b7f3e-0c5d-4e0b-9a55-00000fa4e000"


@dataclass
class Position:
    qty: Decimal
    avg_entry_price: Decimal


class Account:
    """Cash and positions after every execution; what open orders hold is for the caller to say.

    `overrides` are members that answer what a test wants, whatever is true.
    """

    def __init__(self, cash):
        self.cash = Decimal(cash)
        self.opening_cash = self.cash
        self.positions = {}
        self.overrides = {}

    def buy(self, symbol, qty, price, fee):
        """The fee is taken in coin; returns what is received."""
        received = cut(qty * (1 - fee))
        held = self.positions.setdefault(symbol, Position(ZERO, ZERO))
        worth = held.qty * held.avg_entry_price + received * price
        held.qty += received
        held.avg_entry_price = worth / held.qty if held.qty else ZERO
        self.cash -= qty * price
        return received

    def sell(self, symbol, qty, price, fee):
        """The fee is taken in dollars."""
        held = self.positions[symbol]
        held.qty -= qty
        if held.qty == 0:
            del self.positions[symbol]
        self.cash += qty * price * (1 - fee)

    def take(self, symbol, qty):
        """Coins that go without a trade."""
        held = self.positions.get(symbol)
        if held:
            held.qty -= qty
            if held.qty == 0:
                del self.positions[symbol]

    def qty(self, symbol):
        held = self.positions.get(symbol)
        return held.qty if held else ZERO

    def to_json(self, price_of, held_dollars):
        worth = sum((held.qty * (price_of(symbol) or ZERO) for symbol, held in self.positions.items()), ZERO)
        equity, free = text(round(self.cash + worth, 9)), text(round(self.cash - held_dollars, 9))
        return {
            "id": _ID, "account_number": "PA3FAKE00000", "status": "ACTIVE", "crypto_status": "ACTIVE", "currency": "USD",
            "cash": text(round(self.cash, 9)), "equity": equity, "last_equity": text(self.opening_cash),
            "buying_power": text(round(2 * (self.cash - held_dollars), 9)), "non_marginable_buying_power": free,
            "portfolio_value": equity, "long_market_value": text(round(worth, 9)), "short_market_value": "0",
            "position_market_value": text(round(worth, 9)), "accrued_fees": "0", "multiplier": "2", "crypto_tier": 1,
            "trading_blocked": False, "account_blocked": False, "transfers_blocked": False,
            "trade_suspended_by_user": False, "shorting_enabled": True, "created_at": "2031-01-02T03:04:05.678901Z",
            **self.overrides}


def position_json(symbol, asset_id, held, available, price):
    """A position as Alpaca writes it: its symbol without slash."""
    price = of_number(price) if isinstance(price, float) else (price or ZERO)
    cost, worth = held.qty * held.avg_entry_price, held.qty * price
    gain = text((worth - cost).quantize(QUANTUM))
    share = text(((worth - cost) / cost).quantize(QUANTUM)) if cost else "0"
    return {
        "asset_id": asset_id, "symbol": symbol.replace("/", ""), "exchange": "CRYPTO", "asset_class": "crypto",
        "asset_marginable": False, "qty": text(held.qty), "qty_available": text(available), "side": "long",
        "avg_entry_price": text(held.avg_entry_price.quantize(QUANTUM)), "market_value": text(worth.quantize(QUANTUM)),
        "cost_basis": text(cost.quantize(QUANTUM)), "current_price": text(price), "lastday_price": text(price),
        "change_today": "0", "unrealized_pl": gain, "unrealized_plpc": share, "unrealized_intraday_pl": gain,
        "unrealized_intraday_plpc": share}
