"""Fees that are posted at the end of a day, as Alpaca writes them in the activities: `CFEE`."""

import uuid

from .money import QUANTUM, ZERO, cut, text
from .times import DAY, SECOND, time_text


class DayEndFees:
    """What the fills of the day still owe: coins for purchases, dollars for sales."""

    def __init__(self, now):
        self._coins, self._dollars, self._day = {}, {}, now // SECOND // DAY
        self._of = now  # of which day they are

    def owe(self, order, qty, price, fee, now):
        self._of = now
        if order.buying:
            self._coins[order.symbol] = self._coins.get(order.symbol, ZERO) + qty * fee
        else:
            self._dollars[order.symbol] = self._dollars.get(order.symbol, ZERO) + qty * price * fee

    def day_is_over(self, now):
        """Whether a day (UTC) has begun since the last call."""
        day, before = now // SECOND // DAY, self._day
        self._day = day
        return day > before

    def post(self, broker):
        """Deducts what is owed; the rows of the activities. Coins that are gone are paid in dollars."""
        rows = []
        for symbol, owed in self._coins.items():
            owed, price = owed.quantize(QUANTUM), broker.price(symbol) or ZERO
            coins = max(ZERO, min(owed, cut(broker.available_qty(symbol))))
            broker.account.take(symbol, coins)
            broker.account.cash -= (owed - coins) * price
            rows.append(_row(self._of, symbol, -coins, price, -(owed - coins) * price))
        for symbol, owed in self._dollars.items():
            broker.account.cash -= owed
            rows.append(_row(self._of, symbol, ZERO, broker.price(symbol) or ZERO, -owed))
        self._coins, self._dollars = {}, {}
        return rows


def _row(now, symbol, qty, price, dollars):
    day = time_text(now)[:10]
    return {"id": f"{day.replace('-', '')}000000000::{uuid.uuid4()}", "activity_type": "CFEE", "date": day,
            "net_amount": text(round(dollars, 9)), "description": f"{'Coin' if qty else 'Cash'} fee of crypto trades",
            "symbol": symbol.replace("/", ""), "qty": text(qty), "price": text(price), "status": "executed"}
