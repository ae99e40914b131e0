"""The bars of one symbol in one timeframe, kept as columns and as the very bytes of their JSON."""

import json
from array import array
from bisect import bisect_left
from itertools import accumulate

from .times import bar_time_texts

_BLOCK = 10_000
FIELDS = ("o", "h", "l", "c", "v", "n", "vw")


def number_text(value):
    """A JSON number; whole ones have no decimal point, as Alpaca writes them."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def bar_text(t_text, bar):
    """The JSON of a bar, without symbol."""
    values = ",".join(f'"{name}":{number_text(bar[name])}' for name in FIELDS)
    return f'{{"t":"{t_text}",{values}}}'


def trades_of(volume):
    """A count of trades for candles that have none: some where there is volume, 0 where there is not."""
    return 0 if volume == 0 else 1 + int(volume * 7) % 50


def typical_price(high, low, close, volume):
    return 0.0 if volume == 0 else round((high + low + close) / 3, 9)


class Candles:
    """Bars in order of time, no time twice.

    Pages are slices of the JSON of blocks of bars: serving ten thousand costs one copy. A block is made when first
    asked for and thrown away by an edit.
    """

    def __init__(self, timeframe, times=(), columns=None):
        self.timeframe = timeframe
        self.times = array("q", times)
        columns = columns or {}
        self.columns = {f: array("q" if f == "n" else "d", columns.get(f, ())) for f in FIELDS}
        self.version = 0
        self._blocks = {}

    def __len__(self):
        return len(self.times)

    def bar(self, i):
        return {f: self.columns[f][i] for f in FIELDS}

    def index(self, t):
        """The first bar that does not open before `t`."""
        return bisect_left(self.times, t)

    def slice_text(self, i, j):
        """JSON of the bars [i, j), separated by commas."""
        parts = []
        while i < j:
            block, first = divmod(i, _BLOCK)
            text, offsets = self._block(block)
            end = min(j - block * _BLOCK, _BLOCK)
            parts.append(text[offsets[first]:offsets[end] - 1])
            i = block * _BLOCK + end
        return b",".join(parts)

    def encode(self):
        """Makes the JSON of all bars, so that no request waits for it."""
        for block in range(-(-len(self) // _BLOCK)):
            self._block(block)

    def set(self, t, values):
        """Changes or adds the bar that opens at `t`; what is left out keeps its value."""
        i = self.index(t)
        present = i < len(self) and self.times[i] == t
        bar = self.bar(i) if present else {}
        bar.update(values)
        bar.setdefault("v", 0.0)
        bar.setdefault("n", trades_of(bar["v"]))
        bar.setdefault("vw", typical_price(bar["h"], bar["l"], bar["c"], bar["v"]))
        if not present:
            self.times.insert(i, t)
        for f, column in self.columns.items():
            value = int(bar[f]) if f == "n" else float(bar[f])
            if present:
                column[i] = value
            else:
                column.insert(i, value)
        self._changed()

    def remove(self, t):
        i = self.index(t)
        if i < len(self) and self.times[i] == t:
            del self.times[i]
            for column in self.columns.values():
                del column[i]
            self._changed()

    def shift(self, seconds):
        self.times = array("q", (t + seconds for t in self.times))
        self._changed()

    def _changed(self):
        self.version += 1
        self._blocks.clear()

    def _block(self, number):
        """(JSON, where each bar begins) of one block; every bar has a comma behind it."""
        if number not in self._blocks:
            rows = slice(number * _BLOCK, (number + 1) * _BLOCK)
            columns = zip(bar_time_texts(self.times[rows]), *(self.columns[f][rows] for f in FIELDS))
            texts = [f'{{"t":"{t}","o":{o!r},"h":{h!r},"l":{l!r},"c":{c!r},"v":{v!r},"n":{n},"vw":{vw!r}}},'
                     .replace(".0,", ",").replace(".0}", "}") for t, o, h, l, c, v, n, vw in columns]
            offsets = array("Q", accumulate(map(len, texts), initial=0))
            self._blocks[number] = "".join(texts).encode(), offsets
        return self._blocks[number]


def bar_item(kind, symbol, text):
    """A bar as a stream sends it: its JSON with kind and symbol in front."""
    return f'{{"T":"{kind}","S":{json.dumps(symbol)},{text[1:]}'
