"""The bars of one symbol in one timeframe, kept as columns and as the very bytes of their JSON."""

import json
from array import array
from bisect import bisect_left

from .times import bar_time_texts

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

    Pages are slices of `text`, the JSON of all bars in one piece: serving ten thousand costs one copy. It is made
    when first asked for and thrown away by an edit.
    """

    def __init__(self, timeframe, times=(), columns=None):
        self.timeframe = timeframe
        self.times = array("q", times)
        columns = columns or {}
        self.columns = {f: array("q" if f == "n" else "d", columns.get(f, ())) for f in FIELDS}
        self.version = 0
        self._text = None
        self._offsets = None

    def __len__(self):
        return len(self.times)

    def bar(self, i):
        return {f: self.columns[f][i] for f in FIELDS}

    def index(self, t):
        """The first bar that does not open before `t`."""
        return bisect_left(self.times, t)

    def slice_text(self, i, j):
        """JSON of the bars [i, j), separated by commas."""
        if i >= j:
            return b""
        self._encode()
        return self._text[self._offsets[i]:self._offsets[j] - 1]

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
        self._text = None

    def _encode(self):
        if self._text is not None:
            return
        rows = zip(bar_time_texts(self.times), *(map(number_text, self.columns[f]) for f in FIELDS))
        texts = [f'{{"t":"{t}","o":{o},"h":{h},"l":{l},"c":{c},"v":{v},"n":{n},"vw":{vw}}},'.encode()
                 for t, o, h, l, c, v, n, vw in rows]
        offsets = array("Q", [0])
        total = 0
        for text in texts:
            total += len(text)
            offsets.append(total)
        self._text, self._offsets = b"".join(texts), offsets


def bar_item(kind, symbol, text):
    """A bar as a stream sends it: its JSON with kind and symbol in front."""
    return f'{{"T":"{kind}","S":{json.dumps(symbol)},{text[1:]}'
