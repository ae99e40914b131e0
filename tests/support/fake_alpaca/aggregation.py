"""Bars of a coarser timeframe from finer ones, and finer ones that add up to a coarser."""

from .candles import Candles, FIELDS


def merge(bars):
    """One bar of many: first, max, min, last, sums; the mean price is weighted by volume."""
    volume = round(sum(bar["v"] for bar in bars), 9)
    worth = sum(bar["vw"] * bar["v"] for bar in bars)
    return {"o": bars[0]["o"], "h": max(bar["h"] for bar in bars), "l": min(bar["l"] for bar in bars),
            "c": bars[-1]["c"], "v": volume, "n": sum(bar["n"] for bar in bars),
            "vw": round(worth / volume, 9) if volume else 0.0}


def aggregate(candles, timeframe):
    """All bars of `timeframe` that hold a bar of `candles`, also the unfinished last."""
    times, columns = [], {f: [] for f in FIELDS}
    i, count = 0, len(candles)
    while i < count:
        start = timeframe.start(candles.times[i])
        j = candles.index(timeframe.end(start))
        merged = merge([candles.bar(k) for k in range(i, j)])
        times.append(start)
        for f in FIELDS:
            columns[f].append(merged[f])
        i = j
    return Candles(timeframe, times, columns)


def split(candles, finer):
    """Bars of `finer` that add up to `candles`.

    The price goes in straight lines from open over the two extremes to close, the nearer in direction last.
    """
    times, columns = [], {f: [] for f in FIELDS}
    pieces = candles.timeframe.seconds // finer.seconds
    for i, t in enumerate(candles.times):
        for k, part in enumerate(_parts(candles.bar(i), pieces)):
            times.append(t + k * finer.seconds)
            for f in FIELDS:
                columns[f].append(part[f])
    return Candles(finer, times, columns)


def _parts(bar, pieces):
    low_first = bar["c"] >= bar["o"]
    first, second = (bar["l"], bar["h"]) if low_first else (bar["h"], bar["l"])
    corners = [(0, bar["o"]), (max(1, pieces // 3), first), (max(2, pieces * 2 // 3), second), (pieces, bar["c"])]
    path = [bar["o"]]
    for (a, p), (b, q) in zip(corners, corners[1:]):
        path += [q if k == b else min(max(round(p + (q - p) * (k - a) / (b - a), 8), bar["l"]), bar["h"])
                 for k in range(a + 1, b + 1)]
    volume = round(bar["v"] / pieces, 9)
    for k in range(pieces):
        o, c = path[k], path[k + 1]
        v = volume if k + 1 < pieces else max(0.0, round(bar["v"] - volume * (pieces - 1), 9))
        yield {"o": o, "h": max(o, c), "l": min(o, c), "c": c, "v": v, "n": 1 if v else 0,
               "vw": round((o + c) / 2, 9) if v else 0.0}
