"""A paper trader on a fake Alpaca, as weather.py needs it: a state directory, the market, the trader's process.

Everything runs under scripts/fast-clock, this program too: all seconds here are the market's.
"""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests/support/fake_alpaca"
HISTORY = 2000  # minutes before the trader's first
LISTENING = 7200  # seconds for an answer about thousands of orders: a minute of a machine whose clock is 120 times as fast
SYMBOL = "BTC/USD"
ENDED = ("filled", "cancelled", "canceled", "rejected", "expired")
PACK = {"model": {"fcnet_hiddens": [8]}, "window_size": 4, "train_batch_size": 64, "sgd_minibatch_size": 32,
        "num_iterations": 1}
FEATURES = [{"type": "returns", "periods": [1, 4]}, {"type": "rsi", "period": 6}]


class Failed(Exception):
    """Something is not as it should be; the text says what."""


def go_fast(speed):
    """Starts this program anew with a clock `speed` times as fast, unless it has one."""
    if "CTT_FAST_CLOCK" in os.environ:
        return
    library = pathlib.Path(os.environ.get("CTT_BUILD", ROOT / "build/dev")) / "lib/libctt_fast_clock.so"
    if os.environ.get("CTT_SANITIZE") or not library.exists():
        print("skipped: needs lib/libctt_fast_clock.so of a build without sanitizers")
        sys.exit(77)
    command = [str(ROOT / "scripts/fast-clock"), str(speed), sys.executable, *sys.argv]
    os.execv(command[0], command)


class Desk:
    """The policy follows the newest minute, so it trades on every second bar or so."""

    SYMBOLS = [SYMBOL]
    TRADE = ["ctt", "trade", "--max-position", "1000", "--max-rejects", "8"]

    def __init__(self, bars, fees="fill"):
        # In memory where that can be: a disk that stands still for half a second is a minute to a fast clock.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="ctt-weather-", dir=memory))
        self.trader, self.ended_by_itself, self.starts_refused, self.kills = None, [], 0, 0
        self._log, self._said = (self.work / "trade.txt").open("a"), 0
        self._start_market(bars + HISTORY + 600, fees)
        self._start_schedule()
        self.began = time.time()

    def _start_market(self, minutes, fees):
        options = ["--generate", str(minutes), "--clock", f"{100 * HISTORY / minutes}%", "--rebase", "--speed", "1",
                   "--symbol", ",".join(self.SYMBOLS), "--spread-bps", "2", "--fill-delay", "0.2", "--fees", fees]
        self._fake = subprocess.Popen([sys.executable, FAKE, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True)
        self.at = json.loads(self._fake.stdout.readline())

    def _start_schedule(self):
        home = self.work / "home"
        os.environ.update(CTT_HOME=str(home), NO_COLOR="1", FAKE_LEARNER="trend",
                          CTT_LEARNER_COMMAND=str(pathlib.Path(shutil.which("ctt")).parent / "ctt_fake_learner"),
                          CTT_ALPACA_DATA_URL=self.at["rest"], CTT_ALPACA_TRADING_URL=self.at["rest"],
                          CTT_ALPACA_STREAM_URL=self.at["stream"])
        self.ctt("init")
        keys = home / "alpaca.toml"
        keys.write_text(f'key_id = "{self.at["key"]}"\nsecret_key = "{self.at["secret"]}"\n')
        keys.chmod(0o600)
        for name, value in (("pack", PACK), ("features", FEATURES)):
            (self.work / f"{name}.json").write_text(json.dumps(value))
        self.ctt("packs", "create", "tiny", "--file", self.work / "pack.json")
        self._make_schedules()

    def _make_schedules(self):
        self.make_schedule("live", SYMBOL)

    def make_schedule(self, name, symbol):
        """A schedule with a model, whose dataset and base are named after it."""
        self.ctt("datasets", "create", name, "--source", "alpaca", "--symbol", symbol, "--timeframe", "1m", "--features",
                 self.work / "features.json")
        self.ctt("datasets", "fetch", name, "--candles", "1000")
        self.ctt("train", "--dataset", name, "--pack", "tiny", "--name", f"{name}-base", "--iterations", "1", "--candles",
                 "800", "--costs", "free")
        self.ctt("schedule", "start", "--name", name, "--base", f"{name}-base", "--dataset", name, "--pack", "tiny",
                 "--window", "600", "--iterations", "1", "--gate", "none", "--costs", "free")

    def ctt(self, *arguments):
        done = subprocess.run(["ctt", *map(str, arguments), "-q"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"ctt {' '.join(map(str, arguments))}: exit {done.returncode}: {done.stderr.strip()}")

    # The broker

    def control(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.at['control']}/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=LISTENING) as answer:
            return json.load(answer)

    def books(self):
        """(cash, coins) as they truly are, in texts."""
        found = self.control("account")
        return found["account"]["cash"], found["positions"][0]["qty"] if found["positions"] else "0"

    def coins(self):
        return float(self.books()[1])

    def open_at_broker(self):
        return [order for order in self.control("orders") if order["status"] not in
                ("filled", "canceled", "expired", "rejected", "replaced")]

    def close_by_hand(self):
        """A person sells the position through the broker's own page; that may take some tries in this weather."""
        keys = {"APCA-API-KEY-ID": self.at["key"], "APCA-API-SECRET-KEY": self.at["secret"]}
        path = f"{self.at['rest']}/v2/positions/{SYMBOL.replace('/', '')}"
        while self.coins() > 0:
            try:
                with urllib.request.urlopen(urllib.request.Request(path, headers=keys, method="DELETE"), timeout=60):
                    pass
            except urllib.error.HTTPError:
                pass
            time.sleep(1)

    # The trader

    def start(self):
        self._said = len((self.work / "trade.txt").read_text())  # what is there already is of the one before
        # As systemd starts it: what is refused at a start is asked for again.
        self.trader = subprocess.Popen(self.TRADE, stdout=self._log, stderr=self._log,
                                       env={**os.environ, "INVOCATION_ID": "0" * 32})

    def kill(self):
        self.trader.kill()
        self.trader.wait()
        self.kills += 1

    def look_after(self):
        """As a service manager does: a trader that ended is started again. One that traded must not have ended."""
        if self.trader.poll() is None:
            return
        lines = (self.work / "trade.txt").read_text()[self._said:].strip().splitlines()
        if any(line.startswith("trading schedule") for line in lines):
            self.ended_by_itself.append(f"exit {self.trader.returncode}: {' / '.join(lines[-3:])}")
        else:
            self.starts_refused += 1
        time.sleep(5)
        self.start()

    def until(self, seconds, what, test):
        """Waits for `test()` to be true, looking after the trader; how long that took."""
        began = time.time()
        while not test():
            if time.time() - began > seconds:
                raise Failed(f"{what}: not within {seconds} s of the market; see {self.work}")
            if self.trader:
                self.look_after()
            time.sleep(1)
        return time.time() - began

    def trading(self):
        return self.value("SELECT count(*) FROM live_sessions WHERE status = 'running' AND pid = ?",
                          self.trader.pid) == len(self.SYMBOLS)

    # The trader's books

    def rows(self, query, *values):
        """Rows of the database; a moment at which it is busy is waited for."""
        database = sqlite3.connect(f"file:{self.work}/home/ctt.db?mode=ro", uri=True, timeout=600)
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def value(self, query, *values):
        return self.rows(query, *values)[0][0]

    def ledger(self):
        """(cash, coins) of the newest session."""
        return self.rows("SELECT cash, position_qty FROM live_sessions ORDER BY rowid DESC LIMIT 1")[0]

    def state(self):
        return self.value("SELECT trader_state FROM continuous_training_schedules")

    def state_since(self):
        return self.value("SELECT trader_state_at FROM continuous_training_schedules") / 1000

    def state_changes(self):
        return [(ts / 1000, json.loads(payload)) for ts, payload in
                self.rows("SELECT ts, payload FROM events WHERE type = 'live_halt_change' ORDER BY seq")]

    def open_intents(self):
        marks = ", ".join("?" * len(ENDED))
        return self.rows(f"SELECT client_order_id, status FROM live_orders WHERE status NOT IN ({marks})", *ENDED)

    def bars(self):
        return int((time.time() - self.began) / 60)

    def end_trader(self):
        if self.trader and self.trader.poll() is None:
            self.trader.send_signal(signal.SIGTERM)
            try:
                self.trader.wait(120)
            except subprocess.TimeoutExpired:
                self.trader.kill()

    def end(self, keep):
        self.end_trader()
        self._fake.communicate()
        self._log.close()
        if keep or os.environ.get("CTT_KEEP_SCRATCH"):
            print(f"left for a look: {self.work}", file=sys.stderr)
        else:
            shutil.rmtree(self.work)
