"""Where candles come from: a csv file, or a walk made up from a fixed seed."""

import csv
import random
from datetime import datetime, timezone
from pathlib import Path

from .candles import Candles, trades_of, typical_price
from .timeframes import MINUTE, timeframe_of_step

_NAMES = {"open": "o", "high": "h", "low": "l", "close": "c", "volume": "v", "trade_count": "n", "vwap": "vw"}


def read_csv(path, timeframe=None):
    """The candles of a file; ValueError that names file and reason when they cannot be used."""
    with Path(path).open(newline="") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise ValueError(f"{path} holds no candles")
    header = [name.strip().lower() for name in rows[0]]
    columns = dict(zip(header, zip(*(row for row in rows[1:] if row))))
    for name in ("timestamp", "open", "high", "low", "close", "volume"):
        if name not in columns:
            raise ValueError(f"{path} has no column {name}")
    try:
        times = [_seconds(text) for text in columns["timestamp"]]
        values = {short: [float(text) for text in columns[name]] for name, short in _NAMES.items() if name in columns}
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from problem
    steps = [b - a for a, b in zip(times, times[1:])]
    if any(step <= 0 for step in steps):
        raise ValueError(f"{path}: rows are not in order of time")
    _complete(values)
    return Candles(timeframe or timeframe_of_step(min(steps, default=60)), times, values)


def walk(count, seed=7):
    """`count` minute bars from 2020-01-01 on, a random walk around 30,000 that is the same each time."""
    toss = random.Random(seed).random
    start = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
    price, closes = 30_000.0, []
    for _ in range(count):
        price = round(price * (0.999 + toss() * 0.002) + (30_000 - price) * 0.0001, 2)
        closes.append(price)
    opens = [30_000.0, *closes[:-1]]
    values = {"o": opens, "c": closes,
              "h": [round((o if o > c else c) + 5 * toss(), 2) for o, c in zip(opens, closes)],
              "l": [round((o if o < c else c) - 5 * toss(), 2) for o, c in zip(opens, closes)],
              "v": [round(toss() * 0.5, 6) for _ in closes]}
    _complete(values)
    return Candles(MINUTE, range(start, start + 60 * count, 60), values)


def _complete(values):
    if "n" in values:
        values["n"] = [int(n) for n in values["n"]]
    else:
        values["n"] = [trades_of(v) for v in values["v"]]
    if "vw" not in values:
        values["vw"] = [typical_price(*row) for row in zip(values["h"], values["l"], values["c"], values["v"])]


def _seconds(text):
    text = text.strip()
    if text.isdigit() and len(text) > 8:
        number = int(text)
        return number // 1000 if number > 100_000_000_000 else number
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp())
