#!/usr/bin/env python3
"""Ends, or fails, a command at each of its state-changing system calls, one run for each call, and looks
at what is left: the next run puts everything right, and `ctt db check` finds nothing.

    sweep.py kill [--every N]     SIGKILL before the call
    sweep.py errors [--every N]   ENOSPC, EIO, EMFILE or EACCES instead of the call

The commands: a first cycle, a later one, a deployment, a change of the database's schema. The learner is
a stand-in that learns nothing; the programs are those on PATH and in $CTT_BUILD.
"""
import argparse
import collections
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

CALLS = ["openat", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "unlinkat", "mkdir",
         "fchmod"]
ERRORS = {"openat": ["EMFILE", "EACCES"], "pwrite64": ["ENOSPC", "EIO"], "write": ["ENOSPC"], "fsync": ["EIO"],
          "fdatasync": ["EIO", "ENOSPC"], "ftruncate": ["EIO"], "rename": ["EIO", "EACCES"], "unlink": ["EIO"],
          "unlinkat": ["EIO"], "mkdir": ["ENOSPC"], "fchmod": ["EIO"]}
EXITS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 75, 130, 143}
TRACE = "trace=" + ",".join(CALLS)


class Place:
    """A state directory that can be put back to how it was."""

    def __init__(self, work):
        self.home = work / "home"
        self.kept = work / "kept"
        self.log = work / "strace.txt"
        self.env = {**os.environ, "CTT_HOME": str(self.home), "NO_COLOR": "1",
                    "CTT_LEARNER_COMMAND": os.environ["CTT_BUILD"] + "/bin/ctt_fake_learner"}

    def ctt(self, *words, strace=()):
        return subprocess.run([*strace, "ctt", *words], env=self.env, capture_output=True, text=True, timeout=60)

    def must(self, *words):
        done = self.ctt(*words)
        if done.returncode != 0:
            sys.exit(f"ctt {' '.join(words)}: exit {done.returncode}: {done.stderr}")
        return done.stdout

    def keep(self):
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.home, self.kept)

    def put_back(self):
        # Files of models are read-only, their folder is not.
        shutil.rmtree(self.home)
        shutil.copytree(self.kept, self.home)

    def sql(self, text):
        with sqlite3.connect(self.home / "ctt.db") as database:
            rows = database.execute(text).fetchall()
        database.close()
        return rows


def begin(place):
    """A trained base and a schedule that has done nothing yet."""
    place.must("init", "-q")
    place.must("datasets", "create", "d", "--source", "synthetic", "--seed", "7", "--candles", "1500", "--timeframe",
               "1h", "-q")
    place.must("train", "--dataset", "d", "--pack", "quick", "--name", "base", "--iterations", "2", "--candles", "600",
               "-q")
    place.must("schedule", "start", "--name", "s", "--base", "base", "--dataset", "d", "--pack", "quick", "--interval",
               "6h", "--window", "300", "--iterations", "1", "--gate", "none", "-q")


def old_schema(place):
    """The database as an earlier version left it: of schema 4."""
    with sqlite3.connect(place.home / "ctt.db") as database:
        database.executescript("""
            DROP TABLE schedule_budgets;
            DROP TABLE alarm_cursor;
            DROP TABLE alarms;
            DROP TABLE deleted_replay_trials;
            DROP TABLE replays;
            ALTER TABLE live_trades DROP COLUMN fee_bp;
            ALTER TABLE live_trades DROP COLUMN slippage_bp;
            ALTER TABLE live_orders DROP COLUMN decided_close;
            CREATE TABLE trades (id INTEGER PRIMARY KEY, experiment_id TEXT NOT NULL);
            PRAGMA user_version=4; PRAGMA wal_checkpoint(TRUNCATE)""")
    database.close()


CYCLE = ("cycle", "run", "--now", "-q")


def trained_on(place):
    """What the next run owes: a newest cycle that is complete, its model desired, no number left out."""
    place.ctt(*CYCLE)  # 1 where it had to close a cycle as failed before it made its own
    newest, = place.sql("SELECT status, model_version FROM cycles ORDER BY id DESC LIMIT 1")
    desired, = place.sql("SELECT model_version FROM deployments ORDER BY id DESC LIMIT 1")
    return [] if newest == ("completed", desired[0]) else [f"the newest cycle is {newest}, desired is {desired}"]


def deployed(place):
    place.ctt("models", "deploy", "v1", "--wait", "0s", "-q")
    desired, = place.sql("SELECT model_version FROM deployments ORDER BY id DESC LIMIT 1")
    return [] if desired == (1,) else [f"desired is {desired}"]


def migrated(place):
    place.must("db", "migrate", "-q")
    tables = {name for name, in place.sql("SELECT name FROM sqlite_master")}
    return [] if {"replays", "deleted_replay_trials"} <= tables else ["the schema is not the new one"]


Scenario = collections.namedtuple("Scenario", "name prepare command owed")
SCENARIOS = [
    Scenario("first cycle", begin, CYCLE, trained_on),
    Scenario("later cycle", lambda place: place.must(*CYCLE), CYCLE, trained_on),
    Scenario("deployment", lambda place: None, ("models", "deploy", "v1", "--wait", "0s", "-q"), deployed),
    Scenario("migration", old_schema, ("db", "migrate", "-q"), migrated),
]


def changing_calls(place, scenario):
    """How often the command makes each call: (call, number) for every one that may change something."""
    place.ctt(*scenario.command, strace=("strace", "-o", str(place.log), "-e", TRACE))
    made, points = collections.Counter(), []
    for line in place.log.read_text().splitlines():
        match = re.match(r"(\w+)\(", line)
        if not match or match[1] not in CALLS:
            continue
        made[match[1]] += 1
        if match[1] == "openat" and "O_CREAT" not in line:
            continue
        points.append((match[1], made[match[1]]))
    return points


def look_after(place, scenario):
    wrong = scenario.owed(place)
    check = place.ctt("db", "check")
    if check.returncode != 0:
        wrong += check.stdout.splitlines() + check.stderr.splitlines()
    return wrong


def sweep(place, scenario, what, every, offset):
    scenario.prepare(place)
    place.keep()
    points = changing_calls(place, scenario)
    tried, failures = 0, []
    faults = [(call, number, fault) for call, number in points
              for fault in (["signal=SIGKILL"] if what == "kill" else [f"error={e}" for e in ERRORS[call]])]
    for call, number, fault in faults[offset % every::every]:
        place.put_back()
        done = place.ctt(*scenario.command,
                         strace=("strace", "-o", str(place.log), "-e", TRACE, "-e", f"inject={call}:{fault}:when={number}"))
        tried += 1
        name = f"{scenario.name}, {call} {number}, {fault}"
        if what == "errors" and done.returncode not in EXITS:
            failures.append(f"{name}: exit {done.returncode}: {done.stderr.strip()}")
        if what == "errors" and "terminate called" in done.stderr:
            failures.append(f"{name}: {done.stderr.strip()}")
        failures += [f"{name}: {sentence}" for sentence in look_after(place, scenario)]
    place.put_back()
    print(f"{scenario.name}: {len(faults)} points, {tried} tried, {len(failures)} wrong", flush=True)
    for failure in failures[:20]:
        print(f"  {failure}")
    return tried, len(failures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kill", "errors"])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try each Nth point only")
    parser.add_argument("--offset", type=int, default=0, metavar="K", help="beginning with the Kth")
    options = parser.parse_args()
    if not shutil.which("strace"):
        print("skipped: strace is not here")
        sys.exit(77)
    work = pathlib.Path(tempfile.mkdtemp(prefix="ctt-sweep-"))
    place = Place(work)
    tried = wrong = 0
    for scenario in SCENARIOS:
        counts = sweep(place, scenario, options.what, options.every, options.offset)
        tried, wrong = tried + counts[0], wrong + counts[1]
    print(f"{tried} faults, {wrong} wrong")
    if wrong:
        sys.exit(f"left for a look: {work}")
    shutil.rmtree(work)


main()
