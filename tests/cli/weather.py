#!/usr/bin/python3
"""A paper trader in the broker's weather, at many times the real speed.

  weather.py SEED [--bars N] [--hand-close]  trades through N bars of the seed's weather, is killed and started
                                            again, takes over new models; then the books must agree
  weather.py --true-differences N           differences that are there: each must be noticed in time
  weather.py --flatten N                    flatten in the weather, with restarts; then with trading blocked
  --speed X                                 minutes of the market in a real minute (60)

Seeds that are odd take fees at the day's end. Finds ctt on PATH. Exit 0: all as it should be, 1: not, 77: skipped.
"""
import argparse
import collections
import itertools
import random
import signal
import subprocess
import sys
import time

from weather_desk import SYMBOL, Desk, Failed, go_fast

PATIENCE = 30 + 5  # seconds: trade.books_patience, and what is left for writing it down


def weather(seed):
    return {"seed": seed, "lag_s": 10, "lag_share": 0.3, "refusals": 0.05, "stream_errors": 0.02, "partial": 0.2,
            "late_updates": 0.1, "repeated_updates": 0.1, "accepted_504": 0.02}


def trade_through(desk, seed, bars, hand_close):
    """Bars of bad weather, kills, cycles; when the position was closed by hand."""
    toss = random.Random(f"{seed} trader")
    desk.start()
    desk.until(600, "the trader trades", desk.trading)
    desk.control("weather", weather(seed))
    every = min(500, max(60, bars // 4))
    next_cycle, closed_at, cycles = every, None, []
    next_kill = desk.bars() + toss.uniform(15, 40)
    while desk.bars() < bars:
        time.sleep(7)
        desk.look_after()
        if desk.bars() >= next_kill:
            desk.kill()
            time.sleep(toss.choice((0, 5, 70)))
            desk.start()
            next_kill = desk.bars() + toss.uniform(15, 40)
        cycles = [cycle for cycle in cycles if cycle.poll() is None]
        if desk.bars() >= next_cycle and not cycles:
            cycles.append(subprocess.Popen(["ctt", "cycle", "run", "--now", "-q"], stderr=subprocess.DEVNULL))
            next_cycle += every
        if hand_close and closed_at is None and desk.bars() >= bars / 2 and desk.coins() > 0 and not desk.open_at_broker():
            closed_at = time.time()
            desk.close_by_hand()
            desk.until(600, "the closed position is noticed", lambda: desk.state() == "reducing")
            desk.ctt("trade", "resume", "--timeout", "60s")
    for cycle in cycles:
        cycle.wait()
    return closed_at


def books_agree(desk):
    cash, coins = desk.books()
    our_cash, our_coins = desk.ledger()
    return abs(float(cash) - our_cash) < 0.005 and abs(float(coins) - our_coins) < 0.5e-9


def quiet(desk):
    return not desk.open_at_broker() and not desk.open_intents() and books_agree(desk)


def settle(desk, seed):
    """Calm, what is owed is posted, and the books meet; what was reported until then. The trader decides nothing more
    before its last word, or an order could be on its way when it is stopped."""
    drawn = desk.control("weather", method="DELETE")["drawn"]
    if seed % 2:
        desk.control("fees", {})
    try:
        desk.until(600, "the books agree", lambda: desk.trading() and quiet(desk))
        reported = desk.state_changes()
        desk.ctt("trade", "halt", "--reason", "the end", "--timeout", "60s")
        desk.until(600, "the last order ends", lambda: desk.trading() and quiet(desk))
    except Failed as problem:
        raise Failed(f"{problem}; broker {desk.books()}, ours {desk.ledger()}, open: {desk.open_intents()}") from problem
    subprocess.run(["ctt", "trade", "stop", "-q"], check=False)
    desk.trader.wait(300)
    return drawn, reported


def faults_of(desk, reported, closed_at):
    """What is wrong in the end, in sentences."""
    orders, rows = desk.control("orders"), desk.rows("SELECT client_order_id, session_id, bar_open_time, filled_quantity FROM live_orders")
    ours = {row[0]: row for row in rows}
    by_id = collections.Counter(order["client_order_id"] for order in orders)
    yield from (f"the broker has order {name} {count} times" for name, count in by_id.items() if count > 1)
    there = {order["client_order_id"]: order for order in orders}
    bars = collections.Counter(ours[name][2] for name, order in there.items() if name in ours and ours[name][2] is not None)
    yield from (f"{count} orders reached the broker on the bar {bar}" for bar, count in bars.items() if count > 1)
    foreign = [name for name in there if name not in ours]
    if len(foreign) > (closed_at is not None):
        yield f"orders at the broker that we do not know: {foreign}"
    for name, order in there.items():
        if name in ours and abs(float(order["filled_qty"]) - (ours[name][3] or 0)) > 1e-9:
            yield f"of order {name} {order['filled_qty']} was filled, by our books {ours[name][3]}"
    yield from (f"order {name} is still {status}" for name, status in desk.open_intents())
    yield from state_faults(reported, closed_at)
    yield from (f"the trader ended by itself, {said}" for said in desk.ended_by_itself)
    if not books_agree(desk):
        yield f"the broker's books are {desk.books()}, ours {desk.ledger()}"


def state_faults(reported, closed_at):
    changes = [(at, change) for at, change in reported if change.get("state", change.get("to")) != "active"]
    if closed_at is None:
        yield from (f"false alarm: {change}" for _, change in changes)
    elif len(changes) != 1:
        yield f"one position was closed by hand, and this was reported: {changes}"
    elif changes[0][0] - closed_at > 60 + PATIENCE:
        yield f"the closed position was noticed after {changes[0][0] - closed_at:.0f} s"


def seed_trial(arguments):
    seed = arguments.seed
    desk, wrong = Desk(arguments.bars, "day_end" if seed % 2 else "fill"), []
    try:
        closed_at = trade_through(desk, seed, arguments.bars, arguments.hand_close)
        drawn, reported = settle(desk, seed)
        wrong = list(faults_of(desk, reported, closed_at))
        trades = desk.value("SELECT count(*) FROM live_orders WHERE status = 'filled'")
        models, swaps = desk.value("SELECT count(*) FROM models"), desk.value("SELECT sum(swap_count) FROM live_sessions")
        if trades < min(200, arguments.bars // 10):
            wrong.append(f"only {trades} trades")
        print(f"seed {seed}: {desk.bars()} bars, {desk.value('SELECT count(*) FROM live_decisions')} decisions, {trades} trades, "
              f"{models} models, {swaps} swaps, {desk.kills} kills, {desk.starts_refused} starts refused, weather {drawn}: "
              f"{'as it should be' if not wrong else f'{len(wrong)} faults'}", flush=True)
    except Failed as problem:
        wrong = [str(problem), *faults_of(desk, desk.state_changes(), None)]
    finally:
        desk.end(keep=bool(wrong))
    for fault in wrong:
        print(f"FAILED: seed {seed}: {fault}", flush=True)
    return not wrong


def hold(desk):
    """Waits until the trader holds a position and nothing is on its way."""
    desk.until(1800, "a position is held", lambda: desk.state() == "active" and desk.coins() > 0 and quiet(desk)
               and 10 < time.time() % 60 < 40)


def foreign_sale(desk):
    desk.close_by_hand()


def missing_fill(desk):
    """The broker said that it bought, and its books have nothing of it."""
    cash, coins = map(float, desk.books())
    entry = float(desk.control("account")["positions"][0]["avg_entry_price"])
    desk.control("account", {"positions": {}, "cash": f"{cash + coins * entry:.2f}"})


def wrong_cash(desk):
    desk.control("account", {"cash": f"{float(desk.books()[0]) - 50:.9f}"})


def first_look(desk, since):
    """When the broker first gave an answer with its books after `since`, or nothing yet."""
    for entry in desk.control("requests"):
        at = time.mktime(time.strptime(entry["market_time"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        if entry["path"] in ("/v2/positions", "/v2/account") and entry["status"] == 200 and at >= since - 1:
            return at
    return None


def true_differences(arguments):
    desk, late = Desk(arguments.true_differences * 40), []
    try:
        desk.start()
        for number, differ in zip(range(arguments.true_differences), itertools.cycle((foreign_sale, missing_fill, wrong_cash))):
            hold(desk)
            desk.control("requests", method="DELETE")
            since = time.time()
            differ(desk)
            try:
                desk.until(240, differ.__name__, lambda: desk.state() == "reducing")
                took = desk.state_since() - (first_look(desk, since) or since)
            except Failed:
                took = float("inf")
            if took > PATIENCE + 1:  # the request log tells whole seconds
                late.append(f"{differ.__name__} {number}: noticed {took:.0f} s after the first answer that showed it")
            desk.ctt("trade", "resume", "--timeout", "60s")
            desk.until(240, "the books agree again", lambda: quiet(desk))
        count = arguments.true_differences
        print(f"true differences: {count - len(late)} of {count} were reducing within {PATIENCE} s", flush=True)
    except Failed as problem:
        late.append(str(problem))
    finally:
        desk.end(keep=bool(late))
    for fault in late:
        print(f"FAILED: {fault}", flush=True)
    return not late


def flatten(desk):
    return subprocess.Popen(["ctt", "trade", "flatten", "--confirm", SYMBOL, "--reason", "weather"], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)


def sellable(desk):
    """Dollars' worth of what is held, from the broker's smallest order on."""
    positions = desk.control("account")["positions"]
    worth = float(positions[0]["market_value"]) if positions else 0
    return worth if worth >= 10 else 0


def flatten_once(desk, number, toss):
    """One flatten in the weather; what was wrong, or nothing."""
    desk.control("weather", method="DELETE")
    hold(desk)
    desk.control("weather", {**weather(number), "refusals": 0.2})
    command = flatten(desk)
    if number % 10 < 3:
        time.sleep(toss.uniform(0, 5))
        desk.kill()
        time.sleep(toss.uniform(0, 5))
        desk.start()
    began = time.time()
    while command.poll() is None and time.time() - began < 1800:
        desk.look_after()
        time.sleep(1)
    if command.poll() is None:
        command.kill()
        return f"flatten {number} has no end"
    said = command.stderr.read()
    left = sellable(desk)
    desk.control("weather", method="DELETE")
    desk.until(600, "the trader trades", desk.trading)
    desk.ctt("trade", "resume", "--timeout", "60s")
    if command.returncode or left:
        return f"flatten {number}: exit {command.returncode}, {left:.2f} USD are left: {said.strip()}"
    return None


def flatten_blocked(desk):
    """With trading blocked for good an interrupted flatten says what is left."""
    desk.control("weather", method="DELETE")
    hold(desk)
    desk.control("account", {"trading_blocked": True})
    command = flatten(desk)
    time.sleep(90)
    command.send_signal(signal.SIGINT)
    try:
        _, said = command.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        command.kill()
        return "flatten with trading blocked cannot be interrupted"
    if command.returncode != 5 or desk.books()[1][:8] not in said:
        return f"flatten with trading blocked: exit {command.returncode}, wanted 5 and {desk.books()[1]}: {said.strip()}"
    return None


def flattens(arguments):
    desk, wrong, toss = Desk(arguments.flatten * 60), [], random.Random("flatten")
    try:
        desk.start()
        for number in range(arguments.flatten):
            wrong.append(flatten_once(desk, number, toss))
        wrong.append(flatten_blocked(desk))
        good = sum(fault is None for fault in wrong[:-1])
        print(f"flatten: {good} of {arguments.flatten} ended with nothing sellable and exit 0", flush=True)
    except Failed as problem:
        wrong.append(str(problem))
    finally:
        wrong = [fault for fault in wrong if fault]
        desk.end(keep=bool(wrong))
    for fault in wrong:
        print(f"FAILED: {fault}", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", nargs="?", type=int)
    parser.add_argument("--bars", type=int, default=5000)
    parser.add_argument("--speed", type=float, default=60)
    parser.add_argument("--hand-close", action="store_true")
    parser.add_argument("--true-differences", type=int, metavar="N")
    parser.add_argument("--flatten", type=int, metavar="N")
    arguments = parser.parse_args()
    if arguments.seed is None and not arguments.true_differences and not arguments.flatten:
        parser.error("a seed, --true-differences or --flatten")
    try:
        import aiohttp  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        print("skipped: the fake Alpaca needs python3-aiohttp")
        return 77
    go_fast(arguments.speed)
    trials = [(arguments.seed is not None, seed_trial), (arguments.true_differences, true_differences),
              (arguments.flatten, flattens)]
    return 0 if all([trial(arguments) for wanted, trial in trials if wanted]) else 1


if __name__ == "__main__":
    sys.exit(main())
