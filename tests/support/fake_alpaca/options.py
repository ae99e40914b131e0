"""The command line."""

import argparse
import time
from pathlib import Path

from .aggregation import split
from .clock import MarketClock
from .sources import read_csv, walk
from .timeframes import MINUTE, timeframe_of_file
from .times import SECOND, parse_time

DEFAULT_KEYS = ("PKFAKE0000000000TEST", "fake-secret-0000000000000000000000000000")
FILLS = ("immediate", "partial", "partial_then_cancel", "manual", "reject")


def parser():
    p = argparse.ArgumentParser(prog="fake-alpaca", allow_abbrev=False,
                                description="A server on this machine that answers like Alpaca. See README.md.")
    p.add_argument("--port", type=int, default=0, help="0: any free port")
    market = p.add_argument_group("market")
    market.add_argument("--candles", action="append", default=[], metavar="[SYMBOL=]FILE", help="csv; one a symbol")
    market.add_argument("--generate", type=int, metavar="N", help="N made-up minute bars instead of a file")
    market.add_argument("--symbol", default="BTC/USD", help="of what names none (BTC/USD); several of --generate: with commas")
    market.add_argument("--timeframe", default="auto", help="of the candles: 1m 5m 1h ...; auto: the file's smallest step")
    market.add_argument("--split", action="store_true", help="split coarser candles into minutes")
    market.add_argument("--cold", action="store_true", help="encode candles when asked for, not at the start")
    market.add_argument("--clock", default="end", help="start: RFC 3339, end, 80%%, real")
    market.add_argument("--speed", type=float, default=0.0, help="market seconds a real second; 0: stands still")
    market.add_argument("--rebase", action="store_true", help="move the candles so that --clock is now")
    market.add_argument("--date", choices=("market", "real"), default="market", help="the Date header's time")
    rest = p.add_argument_group("REST")
    rest.add_argument("--rest-lag", type=float, default=0.0, metavar="S", help="a bar is there S seconds after its end")
    rest.add_argument("--page-rows", type=int, default=0, metavar="N", help="most rows of a page; 0: no cap")
    rest.add_argument("--page-minutes", type=int, default=10000, metavar="N", help="most minutes of a page; 0: no cap")
    rest.add_argument("--rate-limit", type=int, default=200, metavar="N", help="requests a minute; 0: off")
    rest.add_argument("--rate-headers", choices=("none", "retry-after", "limit", "both"), default="none")
    rest.add_argument("--keys", type=Path, metavar="FILE", help="two lines: key id, secret")
    rest.add_argument("--unauthorized", choices=("html", "json"), default="html")
    stream = p.add_argument_group("streams")
    stream.add_argument("--auth-seconds", type=float, default=10.0, metavar="S")
    stream.add_argument("--connection-limit", type=int, default=1, metavar="N")
    stream.add_argument("--ping-seconds", type=float, default=54.0, metavar="S", help="0: no pings")
    trading = p.add_argument_group("trading")
    trading.add_argument("--cash", default="100000", metavar="D")
    trading.add_argument("--fee-bps", default="25", metavar="B")
    trading.add_argument("--spread-bps", default="0", metavar="B")
    trading.add_argument("--fills", choices=FILLS, default="immediate")
    trading.add_argument("--fill-delay", type=float, default=0.0, metavar="S")
    trading.add_argument("--fees", choices=("fill", "day_end"), default="fill", help="when fees are taken")
    p.add_argument("--weather", metavar="FILE|JSON", help="misbehaviour drawn from a seed")
    p.add_argument("--faults", type=Path, metavar="FILE", help="JSON array of faults to start with")
    p.add_argument("--tls", type=Path, metavar="DIR", help="serve TLS; certificates are made in DIR")
    return p


def read_keys(options):
    """(key id, secret)."""
    if options.keys is None:
        return DEFAULT_KEYS
    lines = options.keys.read_text().split()
    if len(lines) != 2:
        raise ValueError(f"{options.keys} must hold two lines: key id and secret")
    return lines[0], lines[1]


def read_candles(options):
    """Symbol -> Candles, as the command line names them."""
    timeframe = None if options.timeframe == "auto" else timeframe_of_file(options.timeframe)
    found = {}
    for entry in options.candles:
        symbol, _, path = entry.rpartition("=")
        found[symbol or options.symbol] = read_csv(path, timeframe)
    if options.generate:
        for number, symbol in enumerate(options.symbol.split(",")):
            found[symbol] = walk(options.generate, 7 + number)
    if not found:
        raise ValueError("no candles: say --candles FILE or --generate N")
    if options.split:
        found = {symbol: split(candles, MINUTE) if candles.timeframe != MINUTE else candles
                 for symbol, candles in found.items()}
    return found


def start_clock(options, candles):
    """The market's clock at `--clock`; with `--rebase` the candles are moved to meet the real time."""
    first = min(series.times[0] for series in candles.values())
    end = max(series.timeframe.end(series.times[-1]) for series in candles.values())
    real = time.time_ns()
    text = options.clock
    if text == "end":
        now = end * SECOND
    elif text == "real":
        now = real
    elif text.endswith("%"):
        now = int(first + (end - first) * float(text[:-1]) / 100) * SECOND
    else:
        now = parse_time(text)
    if options.rebase:
        step = max(series.timeframe.seconds for series in candles.values())
        shift = (real - now) // SECOND // step * step
        for series in candles.values():
            series.shift(shift)
        now = real
    return MarketClock(now, options.speed)
