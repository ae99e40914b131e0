#!/usr/bin/env python3
"""Replays two made-up markets whose answer is known. In the first, what follows a rise changes its sign half way: a base that
learned the first half loses in the second, and retraining pays. The second has the same returns in random order: nothing
pays. The gate knows real candidates from placebos of the same parent in the first and not in the second. Prints what came
out; exit 1 when an answer is wrong.

replay_markets.py [--seeds N] [--jobs N]
"""
import argparse
import csv
import datetime
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

BARS = 6000
BASE_BARS = 2000
LAG = 30
COSTS = "commission=0.0005,half_spread=0"
wrong = 0


def check(truth, sentence):
    global wrong
    wrong += not truth
    print(f"{'ok' if truth else 'FAILED'}: {sentence}")


def returns():
    """A bar goes on with 0.7 of the one 30 hours before, from the middle of the replay on against it. Thirty, because a
    placebo keeps what a day remembers."""
    chance = random.Random(7)
    made = [0.0] * LAG
    for i in range(LAG, BARS):
        slope = 0.7 if i < (BASE_BARS + BARS) // 2 else -0.7
        made.append(slope * made[-LAG] + 0.01 * chance.gauss(0, 1))
    return made


def write(path, changes):
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    price = 100.0
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["timestamp", "open", "high", "low", "close", "volume"])
        for i, change in enumerate(changes):
            opened, price = price, price * math.exp(change)
            time = (start + datetime.timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%SZ")
            rows.writerow([time, f"{opened:.8f}", f"{max(opened, price):.8f}", f"{min(opened, price):.8f}", f"{price:.8f}", 10])
    return [(start + datetime.timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%SZ") for i in (0, BASE_BARS - 1, BASE_BARS)]


def ctt(*words):
    done = subprocess.run(["ctt", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"ctt {' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def replay(name, changes, seeds, jobs):
    first, last, begin = write(f"{name}.csv", changes)
    ctt("datasets", "create", name, "--file", f"{name}.csv", "--features", "features.json", "--costs", COSTS, "-q")
    ctt("train", "--dataset", name, "--pack", "p", "--name", name, "--from", first, "--to", last, "-q")
    words = ["replay", "--base", name, "--dataset", name, "--pack", "p", "--from", begin, "--interval", "2d", "--window", "600",
             "--holdout", "120", "--iterations", "12", "--lr-mult", "1", "--gate", "strict", "--seeds", str(seeds), "--json"]
    if jobs:
        words += ["--jobs", str(jobs)]
    result = json.loads(ctt(*words))
    print(f"{name}: {result['sentence']}")
    for arm in result["points"][0]["arms"]:
        print(f"  {arm['arm']:8} {arm['median']['net_return_pct']:+9.1f} %  {arm['lowest']['net_return_pct']:+9.1f} .. "
              f"{arm['highest']['net_return_pct']:+.1f}, {arm['median']['trades_a_day']:.1f} trades a day")
    return result["points"][0]


def comparison(point, arm, against):
    return next(one for one in point["comparisons"] if (one["arm"], one["against"]) == (arm, against))


def pass_rates(point):
    """Shares of real and placebo candidates of one parent that passed, and 1.96 standard errors of their difference."""
    gate = point["gate"]
    assert gate["same_parent"]
    passed, judged = [], []
    for kind in ("real", "placebo"):
        passed.append(gate[kind]["passed"])
        judged.append(sum(gate[kind][word] for word in ("passed", "rejected", "undecided")))
    pooled = sum(passed) / sum(judged)
    error = 1.96 * math.sqrt(pooled * (1 - pooled) * sum(1 / n for n in judged))
    rates = [p / n for p, n in zip(passed, judged)]
    words = " and ".join(f"{rate:.0%} of {n:.0f} {kind} candidates" for rate, n, kind in zip(rates, judged, ("real", "placebo")))
    return rates[0] - rates[1], error, f"the gate passes {words}, with an error of {error:.0%}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["CTT_HOME"] = str(pathlib.Path(folder, "home"))
        pathlib.Path("features.json").write_text('[{"type":"returns","periods":[1],"normalize":"tanh"}]')
        ctt("init", "-q")
        ctt("packs", "create", "p", "--from", "quick", "--set", f"window_size={LAG}", "--set", "fill=close", "--set", "lr=0.002", "-q")
        planted = returns()
        point = replay("planted", planted, options.seeds, options.jobs)
        pays = comparison(point, "always", "never")
        check(pays["verdict"] == "better",
              f"always made {pays['mean_pct']:+.0f} % a year more than never ({pays['low_pct']:+.0f} to {pays['high_pct']:+.0f})")
        difference, error, words = pass_rates(point)
        check(difference > error, words)

        random.Random(8).shuffle(planted)
        point = replay("shuffled", planted, options.seeds, options.jobs)
        for arm in ("always", "gated", "scratch"):
            none = comparison(point, arm, "flat")
            check(none["verdict"] != "better", f"{arm} against staying out: {none['verdict']}")
        difference, error, words = pass_rates(point)
        check(abs(difference) <= error, words)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
