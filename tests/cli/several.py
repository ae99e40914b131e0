#!/usr/bin/python3
"""Three schedules on one account, traded by one process in the broker's weather, at many times the real speed.

  several.py [--bars N] [--speed X] [--seed S]

Each bar: no ledger is below 0, and the ledgers and what is nobody's are the account to the cent; nobody halts for
another's trade. Models are exchanged, the process is killed and started again, a second process is refused, and in the
end the account's limit of loss halts all three. Odd seeds take fees at the day's end. Finds ctt on PATH.
Exit 0: all as it should be, 1: not, 77: skipped.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time

from weather import weather
from weather_desk import Desk, Failed, go_fast

SCHEDULES = {"btc": "BTC/USD", "eth": "ETH/USD", "sol": "SOL/USD"}
UNEQUAL_MAX = 8  # bars in a row: an order of unknown fate is looked for, and books that differ wait for their patience
UNSEEN_MAX = 60  # bars in a row without a moment between orders, on a machine that has other work to do


class Portfolio(Desk):
    """A desk whose trader serves three schedules; a fourth is there for whoever wants to trade it as well."""

    SYMBOLS = list(SCHEDULES.values())
    TRADE = ["ctt", "-v", "trade", "--schedules", ",".join(SCHEDULES), "--budget", "btc=3%", "--max-position", "5000",
             "--max-rejects", "8", "--max-drawdown", "0"]

    def _make_schedules(self):
        for name, symbol in [*SCHEDULES.items(), ("other", "BTC/USD")]:
            self.make_schedule(name, symbol)

    def ledgers(self):
        """Schedule -> (cash, coins) of its newest session."""
        return {name: self.rows("SELECT cash, position_qty FROM live_sessions WHERE schedule_id = ? ORDER BY rowid DESC "
                                "LIMIT 1", name)[0] for name in SCHEDULES}

    def states(self):
        return dict(self.rows("SELECT id, trader_state FROM continuous_training_schedules WHERE id <> 'other'"))

    def status(self):
        """What the running trader says of each schedule."""
        done = subprocess.run(["ctt", "trade", "status", "--json", "--timeout", "60s"], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise Failed(f"ctt trade status: exit {done.returncode}: {done.stderr.strip()}")
        return {entry["schedule_id"]: entry for entry in json.loads(done.stdout)["traders"]}

    def running_ledgers(self):
        """(schedule -> (cash, coins), cash of no schedule) as the trader reckons now; nothing while it starts or finds out."""
        said = {name: entry["trader"] for name, entry in self.status().items() if entry["running"]}
        free = {trader["cash_of_no_schedule"] for trader in said.values()}
        if set(said) != set(SCHEDULES) or len(free) != 1 or None in free:
            return None
        return {name: (trader["cash"], trader["position"]) for name, trader in said.items()}, free.pop()

    def gap(self):
        """What the account has more than the ledgers and what is nobody's, in words; None while orders are under way."""
        before = self.running_ledgers()
        if before is None or self.open_at_broker() or self.open_intents():
            return None
        found = self.control("account")
        if self.open_at_broker() or self.running_ledgers() != before:
            return None
        ledgers, free = before
        cash = float(found["account"]["cash"]) - free - sum(ledger[0] for ledger in ledgers.values())
        held = {position["symbol"]: float(position["qty"]) for position in found["positions"]}
        more = {name: held.get(symbol.replace("/", ""), 0) - ledgers[name][1] for name, symbol in SCHEDULES.items()}
        return ([f"{cash:.4f} USD"] if abs(cash) >= 0.005 else []) + [
            f"{amount:.9f} of {name}" for name, amount in more.items() if abs(amount) > 2e-9]


class Watch:
    """What is looked at once a bar."""

    def __init__(self, desk):
        self.desk, self.wrong, self.bar, self.equal, self.looked, self.unequal = desk, [], -1, False, 0, 0
        self.gap, self.seen_equal, self.unseen = None, 0, 0

    def look(self):
        desk = self.desk
        for name, (cash, _) in desk.ledgers().items():
            if cash < 0:
                self.wrong.append(f"bar {desk.bars()}: the ledger of {name} is {cash}")
        stopped = {name: state for name, state in desk.states().items() if state != "active"}
        if stopped:
            reasons = desk.rows("SELECT id, trader_state_reason FROM continuous_training_schedules")
            raise Failed(f"bar {desk.bars()}: not active: {reasons}")
        if desk.bars() != self.bar:
            self._end_bar()
        if not self.equal and desk.trading():
            gap = desk.gap()
            self.gap = self.gap if gap is None else gap
            self.equal = gap == []
        streams = [c for c in desk.control("stream") if c["stream"] == "data" and c["open"] and c["authenticated"]]
        if len(streams) > 1:
            self.wrong.append(f"{len(streams)} connections of the bar stream")

    def _end_bar(self):
        if self.bar >= 0:
            self.looked += 1
            self.seen_equal += self.equal
            self.unseen = self.unseen + 1 if self.gap is None else 0
            if self.gap is not None:
                self.unequal = self.unequal + 1 if self.gap else 0
            if self.unequal > UNEQUAL_MAX:
                raise Failed(f"bar {self.bar}: the sum of the ledgers is not the account's for {self.unequal} bars: {self.gap}")
            if self.unseen > UNSEEN_MAX:
                raise Failed(f"bar {self.bar}: for {self.unseen} bars there was no moment without an order under way")
        self.bar, self.equal, self.gap = self.desk.bars(), False, None


def refused(desk):
    """A second process on the account is told why, and what to do instead."""
    done = subprocess.run(["ctt", "trade", "--schedule", "other"], capture_output=True, text=True, check=False)
    said = done.stderr
    if done.returncode != 75 or "is traded already" not in said or "ctt trade --schedules btc,eth,other,sol" not in said:
        yield f"a second process on the account: exit {done.returncode}: {said.strip()}"
    names = subprocess.run(["ctt", "trade", "status"], capture_output=True, text=True, check=False).stdout
    yield from (f"ctt trade status says nothing of {name}" for name in SCHEDULES if name not in names)
    streams = [c for c in desk.control("stream") if c["stream"] == "data" and c["open"] and c["authenticated"]]
    if [sorted(c["subscriptions"]["bars"]) for c in streams] != [sorted(SCHEDULES.values())]:
        yield f"bars come over {[c['subscriptions'] for c in streams]}"


def trade(desk, watch, bars, toss):
    """Bars of weather, a kill every 60 bars or so, and a cycle of one schedule after the other."""
    next_kill = desk.bars() + toss.uniform(30, 60)
    next_cycle, cycles, names = desk.bars() + 15, [], list(SCHEDULES)
    while desk.bars() < bars:
        time.sleep(5)
        desk.look_after()
        watch.look()
        cycles = [cycle for cycle in cycles if cycle.poll() is None]
        if desk.bars() >= next_cycle and not cycles:
            names.append(names.pop(0))
            cycles.append(subprocess.Popen(["ctt", "cycle", "run", "--now", "-q", "--schedule", names[-1]],
                                           stderr=subprocess.DEVNULL))
            next_cycle += max(20, bars // 30)
        if desk.bars() >= next_kill:
            desk.kill()
            time.sleep(toss.choice((0, 5, 70)))
            desk.start()
            next_kill = desk.bars() + toss.uniform(40, 80)
    for cycle in cycles:
        cycle.wait()


def stop_one(desk):
    """One schedule is stopped, the others go on, and what it had is of no schedule."""
    desk.ctt("trade", "stop", "--schedule", "sol", "--timeout", "60s")
    before = desk.bars()
    desk.until(600, "two more bars", lambda: desk.bars() > before + 2)
    said = desk.status()
    running = sorted(name for name, entry in said.items() if entry["running"])
    if running != ["btc", "eth"] or said["sol"]["status"] != "stopped":
        yield f"after a stop of sol there run {running}"
    elif said["btc"]["trader"]["cash_of_no_schedule"] < desk.ledgers()["sol"][0] - 0.02:
        yield f"of no schedule are {said['btc']['trader']['cash_of_no_schedule']}, and sol left {desk.ledgers()['sol']}"
    if desk.trader.poll() is not None:
        yield "the process ended with one of its schedules"


def flatten_alone(desk):
    """Without a trader a ledger is sold by itself, and keeps its money."""
    desk.end_trader()
    for name, symbol in SCHEDULES.items():
        done = subprocess.run(["ctt", "trade", "flatten", "--schedule", name, "--confirm", symbol, "-q"], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0 or desk.ledgers()[name][1] > 1e-3 or not 0 <= desk.ledgers()[name][0] < 60000:
            yield f"flatten of {name}: exit {done.returncode}, left {desk.ledgers()[name]}: {done.stderr.strip()}"


def account_limit(desk):
    """All three halt when the account has lost what it may."""
    desk.kill()
    os.environ["CTT_ACCOUNT_MAX_DRAWDOWN_PCT"] = "0.02"
    desk.start()
    desk.until(3600, "the account's limit halts all", lambda: set(desk.states().values()) == {"halted"})
    for name, reason in desk.rows("SELECT id, trader_state_reason FROM continuous_training_schedules WHERE id <> 'other'"):
        if "all schedules of the account together" not in reason:
            yield f"{name} is halted for another reason: {reason}"


def trial(arguments):
    desk = Portfolio(arguments.bars + 200, "day_end" if arguments.seed % 2 else "fill")
    watch, wrong = Watch(desk), []
    try:
        desk.start()
        desk.until(600, "the trader trades", desk.trading)
        wrong += refused(desk)
        desk.control("weather", weather(arguments.seed))
        trade(desk, watch, arguments.bars, random.Random(arguments.seed))
        wrong += watch.wrong
        drawn = desk.control("weather", method="DELETE")["drawn"]
        desk.until(600, "the ledgers are the account", lambda: desk.trading() and desk.gap() == [])
        wrong += stop_one(desk)
        wrong += account_limit(desk)
        wrong += flatten_alone(desk)
        trades = dict(desk.rows("SELECT schedule_id, count(*) FROM live_orders WHERE status = 'filled' GROUP BY schedule_id"))
        wrong += [f"{name} has {trades.get(name, 0)} trades" for name in SCHEDULES if trades.get(name, 0) < arguments.bars // 15]
        # How many are seen is a matter of this watcher's speed; bars that stay unequal end the trial in Watch.
        if watch.seen_equal == 0:
            wrong.append(f"on none of {watch.looked} bars the sum of the ledgers was seen to be the account's")
        swaps = desk.value("SELECT sum(swap_count) FROM live_sessions")
        if swaps < 2:
            wrong.append(f"{swaps} swaps")
        wrong += [f"the trader ended by itself, {said}" for said in desk.ended_by_itself]
        print(f"seed {arguments.seed}: {desk.bars()} bars, {watch.seen_equal} of {watch.looked} seen to the cent, trades {trades}, {swaps} swaps, {desk.kills} kills, "
              f"{desk.starts_refused} starts refused, weather {drawn}: {'as it should be' if not wrong else f'{len(wrong)} faults'}",
              flush=True)
    except Failed as problem:
        wrong = [*watch.wrong, str(problem)]
    finally:
        desk.end(keep=bool(wrong))
    for fault in wrong:
        print(f"FAILED: {fault}", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bars", type=int, default=3000)
    parser.add_argument("--speed", type=float, default=60)
    parser.add_argument("--seed", type=int, default=2)
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
