#!/usr/bin/python3
"""Decisions while alarms go to a webhook that answers, hangs, fails or floods, and to a program that hangs.

  alarm_times.py [--bars N] [--speed X] [--most-ms MS]

One trader on the fake Alpaca. Ten bars at a time the webhook behaves in one way; every way comes in each round, in a drawn
order. A cycle fails each few seconds, so that an alarm is sent in each minute. Prints the times of decisions by what the
webhook does, in milliseconds of the computer's clock. With --most-ms each bar must be decided in its minute, and the medians,
and the 99th percentile of decisions without an order, may be so much above those without alarms; else late bars are only
told. Finds ctt on PATH.
Exit 0: all as it should be, 1: not, 77: skipped.
"""
import argparse
import http.server
import json
import math
import os
import random
import re
import sqlite3
import statistics
import sys
import threading
import time

from weather_desk import Desk, Failed, go_fast

WAYS = ("no alarms", "good", "hangs", "fails", "floods")
BLOCK = 10  # bars
DECIDED = re.compile(r"bar (\S+): \w+ decided in (\d+) us")


class Plan:
    """Which way holds in which minute of the market, from minute `first` on."""

    def __init__(self, first, bars):
        toss = random.Random(7)
        self.first, self._ways = first, []
        while len(self._ways) * BLOCK < bars:
            self._ways += toss.sample(WAYS, len(WAYS))

    def way(self, minute):
        block = (minute - self.first) // BLOCK
        return self._ways[block] if 0 <= block < len(self._ways) else "no alarms"

    def counts(self, minute):
        """Not the first bar of a block, where the end of the block before may still be felt."""
        return 0 <= minute - self.first < len(self._ways) * BLOCK and (minute - self.first) % BLOCK != 0


class Hook(http.server.BaseHTTPRequestHandler):
    """Answers as the plan says at the moment; what hangs or floods ends with its block."""

    desk, calls = None, dict.fromkeys(WAYS, 0)

    def do_POST(self):  # pylint: disable=invalid-name
        self.rfile.read(int(self.headers["Content-Length"]))
        way = self.desk.way()
        self.calls[way] += 1
        try:
            if way == "hangs":
                while self.desk.way() == "hangs":
                    time.sleep(1)
            elif way == "fails":
                self.send_error(500)
            else:
                self.send_response(200)
                self.end_headers()
                while way == "floods" and self.desk.way() == way:
                    self.wfile.write(b"x" * 65536)
        except OSError:
            pass  # it has been cut off

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class TimedDesk(Desk):
    """A desk whose trader says how long each decision took, and tells of failed cycles."""

    TRADE = ["ctt", "-vv", *Desk.TRADE[1:]]

    def __init__(self, bars):
        super().__init__(bars + 100)
        self.plan = Plan(0, 0)
        Hook.desk = self
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        program = self.work / "told.sh"
        program.write_text("#!/bin/sh\ncat >/dev/null\n[ -e \"$0.hangs\" ] && exec sleep 600\nexit 0\n")
        program.chmod(0o700)
        self._program_hangs = program.with_name("told.sh.hangs")
        os.environ.update(CTT_NOTIFY_URL=f"http://127.0.0.1:{server.server_port}/", CTT_NOTIFY_COMMAND=str(program),
                          CTT_NOTIFY_EVENTS="cycle_failed", CTT_NOTIFY_TIME_LIMIT="60s")
        self._cycle = 1000

    def way(self):
        return self.plan.way(self.bars())

    def raise_alarms(self):
        """As failed cycles do, fifty at once in a flood; without alarms they were cancelled, which is told to nobody."""
        way = self.way()
        if way == "hangs":
            self._program_hangs.touch()
        else:
            self._program_hangs.unlink(missing_ok=True)
        count = 50 if way == "floods" else 1
        failed = json.dumps({"reason": "cancelled" if way == "no alarms" else "timeout", "message": "too long"})
        with sqlite3.connect(self.work / "home/ctt.db", timeout=600) as database:
            database.executemany("INSERT INTO events (ts, type, schedule_id, cycle_number, payload) VALUES (?, "
                                 "'continuous_cycle_failed', 'live', ?, ?)",
                                 [(int(1000 * time.time()), self._cycle + i, failed) for i in range(count)])
        self._cycle += count

    def decided(self):
        """Way -> side -> [ms in the trader], of bars that were decided in their minute."""
        log = (self.work / "trade.txt").read_text()
        in_trader = {opened: int(us) / 1000 for opened, us in DECIDED.findall(log)}
        speed = float(os.environ["CTT_FAST_CLOCK"].split()[0])
        times = {way: {"hold": [], "order": []} for way in WAYS}
        for opened, decided_at, side in self.rows("SELECT bar_open_time, decided_at, side FROM live_decisions"):
            end = opened + 60
            minute = int((end - self.began) / 60)
            named = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(opened))
            if self.plan.counts(minute) and decided_at / 1000 < end + 60 and named in in_trader:
                times[self.plan.way(minute)]["hold" if side == "hold" else "order"].append(in_trader[named] / speed)
        return times


def median(values):
    return statistics.median(values) if values else math.nan


def percentile_99(values):
    return sorted(values)[int(0.99 * (len(values) - 1))] if values else math.nan


def compare(times, most_ms):
    """Prints a line for each way; faults where `most_ms` is said and passed. What one order in a hundred takes is the
    machine's: an intent waits for its disk."""
    print("| webhook | held | median | 99 % | ordered | median | 99 % |\n|---|---|---|---|---|---|---|")
    calm = None
    for way in WAYS:
        counts = [len(found) for found in times[way].values()]
        told = [measure(found) for found in times[way].values() for measure in (median, percentile_99)]
        calm = calm or told
        print(f"| {way} | {counts[0]} | {told[0]:.2f} ms | {told[1]:.2f} ms | {counts[1]} | {told[2]:.2f} ms | {told[3]:.2f} ms |",
              flush=True)
        for name, here, there in zip(("median of holds", "99 % of holds", "median of orders"), told, calm):
            if most_ms and (math.isnan(here) or math.isnan(there)):
                yield f"{way}: there is no {name} to compare"
            elif most_ms and here > there + most_ms:
                yield f"{way}: the {name} is {here:.2f} ms, without alarms {there:.2f} ms"


def trial(arguments):
    desk, wrong = TimedDesk(arguments.bars), []
    try:
        desk.start()
        desk.until(600, "the trader trades", desk.trading)
        desk.plan = Plan(desk.bars() + 1, arguments.bars)
        while desk.bars() <= desk.plan.first + arguments.bars:
            desk.raise_alarms()
            time.sleep(5)
            if desk.trader.poll() is not None:
                raise Failed(f"the trader ended with {desk.trader.returncode}")
        times = desk.decided()
        expected = arguments.bars // len(WAYS) * (BLOCK - 1) // BLOCK
        decided = {way: sum(map(len, found.values())) for way, found in times.items()}
        late = [f"{way}: {count} of {expected} bars were decided in their minute" for way, count in decided.items()
                if count < 0.8 * expected]
        if arguments.most_ms:
            wrong += late
        for bars in late if not arguments.most_ms else ():  # the machine may have other work to do
            print(f"late: {bars}", flush=True)
        wrong += [f"the webhook was called {Hook.calls[way]} times while it {way}" for way in ("hangs", "fails", "floods")
                  if Hook.calls[way] < arguments.bars // 50]
        if not wrong:
            wrong += compare(times, arguments.most_ms)
        print(f"calls of the webhook: {Hook.calls}", flush=True)
    except Failed as problem:
        wrong = [str(problem)]
    finally:
        desk.end(keep=bool(wrong))
    for fault in wrong:
        print(f"FAILED: {fault}", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bars", type=int, default=1000, help="a multiple of 50")
    parser.add_argument("--speed", type=float, default=120)
    parser.add_argument("--most-ms", type=float)
    arguments = parser.parse_args()
    try:
        import aiohttp  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        print("skipped: the fake Alpaca needs python3-aiohttp")
        return 77
    go_fast(arguments.speed)
    return 0 if trial(arguments) else 1


if __name__ == "__main__":
    sys.exit(main())
