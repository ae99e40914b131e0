"""How bars reach one connection: in order and whole, unless a fault says otherwise."""

from .candles import bar_item, bar_text
from .errors import error_text
from .faults import BAR
from .times import SECOND, time_text


class Delivery:
    """`_held` are messages that wait for a number of later bars: [bars to go, items]; `_merged` goes out with the
    next message."""

    def __init__(self, world, connection):
        self._world, self._connection = world, connection
        self._held, self._merged = [], []

    async def minutes(self, bars, days):
        """One message for the bars (symbol, opening, values) of a minute and the days so far that belong to them."""
        items, pieces, again = [], 1, 0
        for symbol, t, bar in bars:
            if not self._listens("bars", symbol) and not self._listens("updatedBars", symbol):
                continue
            event = {"stream": "data", "symbol": symbol, "t": time_text(t * SECOND)}
            fault = self._world.faults.take(BAR, event)
            item = _item("b", symbol, t, bar)
            kind = fault.kind if fault else ""
            if kind in ("cut", "close_frame", "silence", "error"):
                await self._send(items)
                await self._stop(fault)
                return
            if kind == "fragments":
                pieces = fault.get("pieces", 3)
            elif kind == "duplicate_bar":
                again = fault.get("times_sent", 2) - 1
            if kind == "garbage":
                await self._connection.misbehave(fault)
            elif self._listens("bars", symbol):
                items += self._altered(fault, symbol, t, bar, item)
            if kind == "corrected_bar":
                self._correct(fault, symbol, t, bar)
        items += [_item("d", symbol, t, bar) for symbol, t, bar in days if self._listens("dailyBars", symbol)]
        for _ in range(again + 1):
            await self._send(items, pieces)
        await self._release()

    async def _stop(self, fault):
        if not await self._connection.misbehave(fault):
            await self._connection.send(error_text(fault.get("code", 500), fault.get("msg")))
            if fault.get("close", True):
                await self._connection.close()

    def _altered(self, fault, symbol, t, bar, item):
        """The items that go out now for one bar."""
        kind = fault.kind if fault else ""
        if kind == "missing_bar":
            return []
        if kind == "late_bar":
            self._held.append([fault.get("bars", 1) + 1, [item]])
            return []
        if kind == "merge_next":
            self._merged.append(item)
            return []
        if kind == "unknown_type":
            return ['{"T":"zz","S":"' + symbol + '","x":[1,{"y":null}]}', item]
        if kind == "extra_fields":
            return [item[:-1] + ',"novelty":{"a":[1,2]},"z":null}']
        return [item]

    def _correct(self, fault, symbol, t, bar):
        """REST has the new close from now on; the `u` follows when its bars have passed."""
        close = fault.get("close", bar["c"] + 1)
        candles = self._world.market.candles[symbol]
        candles.set(t, {"c": close, "h": max(bar["h"], close), "l": min(bar["l"], close)})
        if self._listens("updatedBars", symbol):
            changed = candles.bar(candles.index(t))
            self._held.append([fault.get("bars", 0) + 1, [_item("u", symbol, t, changed)]])

    async def _release(self):
        """Sends what has waited long enough; called once a minute of bars."""
        for held in self._held:
            held[0] -= 1
        due = [items for wait, items in self._held if wait <= 0]
        self._held = [held for held in self._held if held[0] > 0]
        for items in due:
            await self._connection.send("[" + ",".join(items) + "]")

    async def _send(self, items, pieces=1):
        if items:
            items, self._merged = self._merged + items, []
            await self._connection.send("[" + ",".join(items) + "]", pieces)

    def _listens(self, channel, symbol):
        symbols = self._connection.subscriptions.get(channel, ())
        return symbol in symbols or "*" in symbols


def _item(kind, symbol, t, bar):
    return bar_item(kind, symbol, bar_text(time_text(t * SECOND), bar))
