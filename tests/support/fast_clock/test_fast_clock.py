#!/usr/bin/python3
"""A process under scripts/fast-clock: all that it waits for takes its speed's part of the real time."""

import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FAST_CLOCK = ROOT / "scripts/fast-clock"

# Each wait of six seconds, as the process itself sees it, on the wall clock and on the monotonic one.
WAITS = """
import asyncio, select, signal, threading, time
ways = {
    "sleep": lambda: time.sleep(6),
    "lock": lambda: threading.Event().wait(6),
    "epoll": lambda: asyncio.run(asyncio.sleep(6)),
    "poll": lambda: select.poll().poll(6000),
    "select": lambda: select.select([], [], [], 6),
    "signal": lambda: signal.sigtimedwait([signal.SIGUSR1], 6),
}
for name, wait in ways.items():
    wall, steady = time.time(), time.monotonic()
    wait()
    print(name, time.time() - wall, time.monotonic() - steady)
"""


def run(*arguments, program):
    return subprocess.run([FAST_CLOCK, *arguments, sys.executable, "-c", program], capture_output=True, text=True,
                          timeout=30, check=True).stdout


class FastClockTest(unittest.TestCase):
    def test_waits_take_their_part_of_the_real_time_and_the_whole_time_of_the_process(self):
        began = time.monotonic()
        lines = run("60", program=WAITS).splitlines()
        self.assertLess(time.monotonic() - began, 6)
        self.assertEqual(len(lines), 6)
        for line in lines:
            name, wall, steady = line.split()
            self.assertGreaterEqual(float(wall), 5.9, name)
            self.assertLess(float(wall), 30, name)
            self.assertAlmostEqual(float(wall), float(steady), delta=0.1, msg=name)

    def test_processes_that_are_started_below_it_show_its_time(self):
        nested = "import subprocess, time; a = time.time(); b = float(subprocess.check_output(['date', '+%s.%N'])); print(b - a)"
        self.assertLess(float(run("100", program=nested)), 60)
        self.assertGreaterEqual(float(run("100", program=nested)), 0)

    def test_a_process_follows_the_clock_of_a_market_at_any_speed(self):
        with subprocess.Popen([sys.executable, ROOT / "tests/support/fake_alpaca", "--generate", "10", "--speed", "300"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as fake:
            control = json.loads(fake.stdout.readline())["control"]
            program = (f"import json, time, urllib.request\n"
                       f"def ahead(): return json.load(urllib.request.urlopen('{control}/clock'))['now'][:19], time.gmtime()\n"
                       f"market, here = ahead(); time.sleep(600); market, here = ahead()\n"
                       f"import calendar; print(calendar.timegm(time.strptime(market, '%Y-%m-%dT%H:%M:%S')) - calendar.timegm(here))")
            behind = float(run("--market", control, program=program))
            fake.stdin.close()
        self.assertLess(abs(behind), 30)

    def test_a_preload_without_its_settings_is_refused(self):
        library = pathlib.Path(os.environ.get("CTT_BUILD", ROOT / "build/dev")) / "lib/libctt_fast_clock.so"
        ended = subprocess.run(["date"], env={"LD_PRELOAD": str(library), "PATH": os.environ["PATH"]}, capture_output=True,
                               text=True, check=False)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("CTT_FAST_CLOCK must be", ended.stderr)


if __name__ == "__main__":
    unittest.main()
