#!/usr/bin/env python3
"""What the pages tell a reader to type is typed here, word for word: README's first five minutes, the way from keys to
a paper trader (docs/alpaca.md) and the fake market's examples (docs/fake-alpaca.md).

Each block runs in a shell and a home of its own, against candles of this machine. With QUICK=1 a learner that learns
nothing stands in, for CI; scripts/nightly trains.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["CTT_BUILD"])
QUICK = os.environ.get("QUICK") == "1"
work = pathlib.Path(tempfile.mkdtemp())
started = []


def fail(sentence):
    print(f"FAILED: {sentence}", file=sys.stderr)
    sys.exit(1)


def block(page, first, last):
    """The lines of an indented block, from the one that begins with `first` to the one with `last`."""
    lines = [line[4:] for line in (ROOT / page).read_text().splitlines() if line.startswith("    ")]
    begin = next(i for i, line in enumerate(lines) if line.startswith(first))
    end = next(i for i, line in enumerate(lines) if i >= begin and line.startswith(last))
    return lines[begin:end + 1]


def home(name):
    """A reader's account: a home, and nothing in the environment that he has not set."""
    place = work / name
    place.mkdir()
    env = {key: value for key, value in os.environ.items() if not re.match(r"(CTT|XDG|APCA|ALPACA)_", key)}
    env |= {"HOME": str(place), "NO_COLOR": "1", "CTT_BUILD": str(BUILD)}
    if QUICK:
        env["CTT_LEARNER_COMMAND"] = str(BUILD / "bin" / "ctt_fake_learner")
    return place, env


def start(words, **more):
    process = subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL, **more)
    started.append(process)
    return process


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    return process.wait(30)


def shell(lines, place, env, timeout=420):
    """The block as one script that ends at its first failure; what it leaves in the background is stopped."""
    text = "set -e\n" + "\n".join(lines) + "\n"
    log = place / "log.txt"
    with log.open("w") as out:
        ran = start(["bash", "-c", text], cwd=place, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            status = ran.wait(timeout)
        except subprocess.TimeoutExpired:
            status = "no end"
        try:
            os.killpg(ran.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    if status != 0:
        fail(f"{place.name}: {status}\n{log.read_text()[-3000:]}")
    return log.read_text()


def waves(path, rows, step, first=1_700_002_800):
    """A candle file: a slow wave with a little noise."""
    with path.open("w") as out:
        out.write("timestamp,open,high,low,close,volume\n")
        for i in range(rows):
            close = 20_000 + 3000 * ((i / 70) % 2 - 1) + (i * 7919 % 101) / 4
            out.write(f"{first + step * i},{close - 1:.2f},{close + 9.5:.2f},{close - 7.25:.2f},{close:.2f},0.5\n")
    return path


def market(env, place, *words):
    """scripts/fake-alpaca as a person starts it: its process and the addresses and keys that it announces."""
    log = place / f"market{len(started)}.txt"
    out = log.open("w")
    process = start([str(ROOT / "scripts" / "fake-alpaca"), *words], cwd=place, env=env, stdout=out,
                    stderr=subprocess.STDOUT)
    for _ in range(1200):
        text = log.read_text()
        if "APCA_API_STREAM_URL" in text and text.endswith("\n"):
            break
        if process.poll() is not None:
            fail(f"fake-alpaca {words}: {text}")
        time.sleep(0.05)
    settings = dict(re.findall(r"(APCA_\w+)=(\S+)", text))
    settings["control"] = re.search(r"control\s+(\S+?)/\.\.\.", text).group(1)
    return process, settings


def readme():
    candles = pathlib.Path(os.environ.get("CTT_REFERENCE", "/nowhere")) / "data" / "btcusd-1h.csv"
    if not candles.is_file():
        print("skipped: README's hourly candles are not here (CTT_REFERENCE)")
        return
    place, env = home("readme")
    (place / "btc-hourly.csv").symlink_to(candles)
    lines = block("README.md", "ctt init", "ctt trade status")
    env["CTT_HOME"] = str(place / "ctt")  # as README exports it
    said = shell(lines, place, env)
    if "v2" not in said or "cycle 1: completed" not in said:
        fail(f"README's walk ends otherwise:\n{said[-2000:]}")
    print(f"ok: README's {len(lines)} lines")


def alpaca():
    place, env = home("alpaca")
    server, settings = market(env, place, str(waves(place / "hours.csv", 9000, 3600)))
    env |= {key: value for key, value in settings.items() if key.endswith("_URL")}
    env |= {"ID": settings["APCA_API_KEY_ID"], "SECRET": settings["APCA_API_SECRET_KEY"]}
    *lines, trade = block("docs/alpaca.md", "ctt init", "ctt trade")
    shell(lines, place, env)
    trades(trade, place, env)
    stop(server)
    print(f"ok: the {len(lines) + 1} lines of docs/alpaca.md")
    # A market whose clock runs ahead, and the same trader with a clock that does too.
    waves(place / "some.csv", 1500, 3600)
    server, settings = market(env, place, "some.csv", "--speed", "60")
    env |= {key: value for key, value in settings.items() if key.endswith("_URL")}
    credentials = f'key_id = "{settings["APCA_API_KEY_ID"]}"\nsecret_key = "{settings["APCA_API_SECRET_KEY"]}"\n'
    (place / ".config/ctt/alpaca.toml").write_text(credentials)
    follow, = block("docs/fake-alpaca.md", "scripts/fast-clock --market", "scripts/fast-clock --market")
    (place / "scripts").symlink_to(ROOT / "scripts")
    # A time limit of ten seconds is a sixth of one at this speed, which a busy machine may miss.
    trades(follow.replace("http://127.0.0.1:PORT/_control", settings["control"]), place, env, attempts=20)
    stop(server)
    print("ok: a trader at a market with --speed 60")


def trades(trade, place, env, attempts=1):
    """The line runs until it is stopped."""
    for _ in range(attempts - 1):
        trial = start(["bash", "-c", trade], cwd=place, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if is_trading(trial, place, env):
            subprocess.run(["ctt", "trade", "stop", "-q"], cwd=place, env=env, check=True)
            if trial.wait(30) == 0:
                return
    running = start(["bash", "-c", trade], cwd=place, env=env, stdout=(place / "trade.txt").open("w"),
                    stderr=subprocess.STDOUT)
    if not is_trading(running, place, env):
        fail(f"{trade}: {(place / 'trade.txt').read_text()}")
    subprocess.run(["ctt", "trade", "stop", "-q"], cwd=place, env=env, check=True)
    if running.wait(30) != 0:
        fail(f"{trade}: {(place / 'trade.txt').read_text()}")


def is_trading(trader, place, env):
    for _ in range(600):
        status = subprocess.run(["ctt", "trade", "status", "--json"], cwd=place, env=env, capture_output=True, text=True)
        if status.returncode == 0 and json.loads(status.stdout)["traders"][0]["running"]:
            return True
        if trader.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def fake_alpaca():
    place, env = home("market")
    waves(place / "candles.csv", 2000, 3600)
    waves(place / "eth.csv", 2000, 300)
    examples = block("docs/fake-alpaca.md", "scripts/fake-alpaca", "scripts/fake-alpaca --candles")
    (place / "scripts").symlink_to(ROOT / "scripts")
    (place / "build").symlink_to(BUILD.parent)
    control = [line for line in block("docs/fake-alpaca.md", "control=", "curl $control/requests")]
    for line in examples:
        words = line.split("#")[0].split()
        if "--tls" in words and not shutil.which("openssl"):
            continue
        process, settings = market(env, place, *words[1:])
        if "--tls" not in words:
            lines = [text.replace("http://127.0.0.1:PORT/_control", settings["control"]).replace("curl ", "curl -fsS ")
                     for text in control]
            shell(lines, place, env, 60)
        stop(process)
    print(f"ok: {len(examples)} markets, each moved and spoiled by {len(control) - 1} commands")


def main():
    if subprocess.run(["/usr/bin/python3", "-c", "import aiohttp"], capture_output=True).returncode != 0:
        print("skipped: the fake market needs python3-aiohttp")
        sys.exit(77)
    try:
        for page in (readme, alpaca, fake_alpaca):
            page()
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
