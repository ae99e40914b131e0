"""What can be known of each symbol at the market's time: closed bars, the half-made one, the price."""

from dataclasses import dataclass

from .aggregation import aggregate, merge
from .candles import Candles, bar_text
from .times import SECOND, time_text
from .timeframes import DAILY, MINUTE


@dataclass
class Visible:
    """Bars of one symbol and timeframe as they are known now: `closed` first ones of `candles`, then perhaps one
    that is still forming (its opening and its values). Rows are numbered over both."""

    symbol: str
    candles: Candles
    closed: int
    forming: tuple | None

    def __len__(self):
        return self.closed + (self.forming is not None)

    def time(self, row):
        return self.candles.times[row] if row < self.closed else self.forming[0]

    def first_from(self, t):
        """The first row that does not open before `t`."""
        row = min(self.candles.index(t), self.closed)
        return row + 1 if row == self.closed and self.forming and self.forming[0] < t else row

    def bar(self, row):
        return self.candles.bar(row) if row < self.closed else self.forming[1]

    def text(self, i, j, newest_first=False):
        """JSON of rows [i, j), separated by commas."""
        if newest_first:
            return b",".join(self.text(row, row + 1) for row in range(j - 1, i - 1, -1))
        parts = [self.candles.slice_text(i, min(j, self.closed))]
        if j > self.closed:
            t, bar = self.forming
            parts.append(bar_text(time_text(t * SECOND), bar).encode())
        return b",".join(part for part in parts if part)


class Market:
    def __init__(self, candles, clock):
        self.candles, self.clock = candles, clock
        self.fixed_prices = {}
        self._aggregates = {}

    def seconds(self):
        return self.clock.now() // SECOND

    def visible(self, symbol, timeframe, lag=0.0):
        """None for a symbol without candles; ValueError for a timeframe finer than the candles. With `lag` a bar
        counts as closed only that many seconds after its end."""
        base = self.candles.get(symbol)
        if base is None:
            return None
        if timeframe.seconds < base.timeframe.seconds:
            raise ValueError(f"candles of {symbol} are of {base.timeframe}; start with --split for {timeframe}")
        series, now = self._series(symbol, timeframe), self.seconds()
        start = timeframe.start(now)
        closed = series.index(start)
        settled = (self.clock.now() - int(lag * SECOND)) // SECOND
        while closed and timeframe.end(series.times[closed - 1]) > settled:
            closed -= 1
        return Visible(symbol, series, closed, self._forming(base, timeframe, start, now))

    def price(self, symbol):
        """The last price: set by hand, or the close of the newest closed bar; None before there is one."""
        fixed = self.fixed_prices.get(symbol)
        if fixed is not None:
            return fixed
        base = self.candles.get(symbol)
        if base is None:
            return None
        closed = base.index(base.timeframe.start(self.seconds()))
        return base.columns["c"][closed - 1] if closed else None

    def last_closed(self, symbol, timeframe):
        """(opening, bar) of the newest closed bar, or None."""
        visible = self.visible(symbol, timeframe)
        if visible is None or not visible.closed:
            return None
        return visible.time(visible.closed - 1), visible.bar(visible.closed - 1)

    def day_so_far(self, symbol, until):
        """(opening, bar) of the day that holds the minute ending at `until`."""
        base = self.candles[symbol]
        start = DAILY.start(until - 1)
        rows = range(base.index(start), base.index(until))
        return start, merge([base.bar(i) for i in rows])

    def minutes_between(self, after, until):
        """(end, symbol, opening, bar) of every minute bar that closed in (after, until], in order of time."""
        due = []
        for symbol, base in self.candles.items():
            if base.timeframe == MINUTE:
                rows = range(base.index(after - 60 + 1), base.index(until - 60 + 1))
                due += [(base.times[i] + 60, symbol, i) for i in rows]
        due.sort()
        for end, symbol, i in due:
            yield end, symbol, end - 60, self.candles[symbol].bar(i)

    def _series(self, symbol, timeframe):
        base = self.candles[symbol]
        if timeframe.seconds == base.timeframe.seconds:
            return base
        version, series = self._aggregates.get((symbol, timeframe), (None, None))
        if version != base.version:
            series = aggregate(base, timeframe)
            self._aggregates[symbol, timeframe] = base.version, series
        return series

    def _forming(self, base, timeframe, start, now):
        if self.clock.now() <= start * SECOND:
            return None
        whole = base.timeframe.start(now)
        parts = [base.bar(i) for i in range(base.index(start), base.index(whole))]
        i = base.index(whole)
        if i < len(base) and base.times[i] == whole:
            gone = (self.clock.now() / SECOND - whole) / base.timeframe.seconds
            parts.append(_begun(base.bar(i), gone))
        return (start, merge(parts)) if parts else None


def _begun(bar, gone):
    """A bar of which the share `gone` has passed: its close is on the way, its range reaches only so far."""
    close = round(bar["o"] + (bar["c"] - bar["o"]) * gone, 9)
    high = round(max(bar["o"], close) + (bar["h"] - max(bar["o"], bar["c"])) * gone, 9)
    low = round(min(bar["o"], close) - (min(bar["o"], bar["c"]) - bar["l"]) * gone, 9)
    return {"o": bar["o"], "h": min(high, bar["h"]), "l": max(low, bar["l"]), "c": close, "v": round(bar["v"] * gone, 9),
            "n": int(bar["n"] * gone), "vw": bar["vw"]}
