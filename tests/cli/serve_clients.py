#!/usr/bin/python3
"""ctt serve-ws as a process among clients: started and killed again and again, in a crowd, in a flood.

  serve_clients.py restarts [--times N]    kill -9 and start while events flow: none missing, none twice
  serve_clients.py crowd [--clients N] [--seconds S]   latency of events, a client that never reads, memory
  serve_clients.py flood [--connections N]  more connections than there is room for, beside a trader
  serve_clients.py frames                   a real cycle, field by field, in frames and in its metrics

Finds ctt on PATH. Exit 0: all as it should be, 1: not, 77: skipped.
"""
import argparse
import asyncio
import fcntl
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

try:
    import aiohttp
except ImportError:
    print("skipped: needs python3-aiohttp")
    sys.exit(77)

QUIET = {"stdout": subprocess.DEVNULL}


class State:
    """A state directory with a schedule, and a server on it."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="ctt-serve-"))
        os.environ["CTT_HOME"] = str(self.home)
        ctt("init")
        ctt("datasets", "create", "demo", "--source", "synthetic", "--seed", "7", "--candles", "6000",
            "--timeframe", "1Hour")
        ctt("train", "--dataset", "demo", "--pack", "quick", "--name", "base", "--iterations", "1", "--candles", "2000")
        ctt("schedule", "start", "--name", "demo", "--base", "base", "--dataset", "demo", "--pack", "quick",
            "--interval", "6h", "--window", "1000")
        self.server = None
        self.port = free_port()

    def serve(self, *arguments):
        self.server = subprocess.Popen(
            ["ctt", "serve-ws", "--listen", f"127.0.0.1:{self.port}", "--no-auth", "--dashboard", "none", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not self.server.stdout.readline():
            raise SystemExit("FAILED: the server did not start")

    def kill(self):
        self.server.kill()
        self.server.wait()

    def append(self, count=1, padding=""):
        """Events, as the commands append them."""
        with sqlite3.connect(self.home / "ctt.db", timeout=10, isolation_level=None) as database:
            for _ in range(count):
                database.execute(
                    "INSERT INTO events (ts, type, schedule_id, payload) VALUES (?, 'continuous_status_change', 'demo', ?)",
                    (int(time.time() * 1000), json.dumps({"schedule_id": "demo", "padding": padding, "sent": time.time()})))
        database.close()

    def last_seq(self):
        with sqlite3.connect(self.home / "ctt.db") as database:
            seq = database.execute("SELECT max(seq) FROM events").fetchone()[0]
        database.close()
        return seq

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def end(self):
        if self.server and self.server.poll() is None:
            self.kill()
        shutil.rmtree(self.home)


def ctt(*arguments):
    subprocess.run(["ctt", *arguments, "-q"], check=True, **QUIET)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unsent(server_port, client_port):
    """Bytes the server's kernel holds for a client, None when they are not connected."""
    for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, queues = row.split()[:5]
        if (int(local[-4:], 16), int(remote[-4:], 16)) == (server_port, client_port) and state == "01":
            return int(queues.split(":")[0], 16)
    return None


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def check(what, good):
    print(f"{'ok' if good else 'FAILED'}: {what}")
    return good


async def follow(state, seen):
    """A client that comes back with what it has: every seq it was handed, in order."""
    async with aiohttp.ClientSession() as session:
        while True:
            since = f"?since={seen[-1]}" if seen else "?since=0"
            try:
                async with session.ws_connect(f"http://127.0.0.1:{state.port}/ws{since}") as client:
                    async for message in client:
                        if message.type != aiohttp.WSMsgType.TEXT:
                            break
                        frame = json.loads(message.data)
                        if frame["type"] == "resync":
                            raise SystemExit("FAILED: resync, though nothing was dropped")
                        if frame["type"] != "hello" and "seq" in frame:
                            seen.append(frame["seq"])
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.01)


async def restarts(state, times):
    seen, stop = [], asyncio.Event()
    state.serve()
    clients = [[] for _ in range(4)]
    tasks = [asyncio.create_task(follow(state, seen)) for seen in clients]

    async def events():
        while not stop.is_set():
            await asyncio.to_thread(state.append, 3)
            await asyncio.sleep(0.004)

    writer = asyncio.create_task(events())
    for _ in range(times):
        await asyncio.sleep(0.05)
        await asyncio.to_thread(state.kill)
        await asyncio.to_thread(state.serve)
    stop.set()
    await writer
    last = state.last_seq()
    for _ in range(200):
        if all(seen and seen[-1] == last for seen in clients):
            break
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    wanted = list(range(1, last + 1))
    for number, seen in enumerate(clients):
        if seen != wanted:
            print(f"client {number}: {len(seen)} events, missing {sorted(set(wanted) - set(seen))[:5]}, "
                  f"twice {sorted(s for s in set(seen) if seen.count(s) > 1)[:5]}")
    return check(f"{times} times killed and started, {last} events, {len(clients)} clients: each event once, in order",
                 all(seen == wanted for seen in clients))


async def crowd(state, count, seconds):
    state.serve("--max-clients", str(count + 8))
    late, counts, stop = [], [0] * (count - 1), asyncio.Event()

    async def listen(index, session):
        async with session.ws_connect(f"http://127.0.0.1:{state.port}/ws", max_msg_size=0) as client:
            async for message in client:
                if message.type != aiohttp.WSMsgType.TEXT:
                    break
                now = time.time()
                at = message.data.find('"sent":')
                if at > 0:
                    counts[index] += 1
                    late.append(now - float(message.data[at + 7:].rstrip("}").split(",")[0]))
                if stop.is_set():
                    break

    # One asks for the upgrade and never reads a byte.
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.connect(("127.0.0.1", state.port))
    stuck.sendall((f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{state.port}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        tasks = [asyncio.create_task(listen(index, session)) for index in range(count - 1)]
        await asyncio.sleep(2)
        begun, sent, full, gone = time.monotonic(), 0, None, None

        before = 0
        while time.monotonic() - begun < seconds:
            await asyncio.to_thread(state.append, 1, "x" * 1500)
            sent += 1
            if gone is None and sent % 10 == 0:
                queue = unsent(state.port, stuck.getsockname()[1])
                now = time.monotonic()
                if queue is None:
                    gone = now
                elif queue != before:
                    before, full = queue, now
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.sleep(0.5)
        memory = state.memory_mib()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    p99 = 1000 * percentile(late, 0.99)
    good = check(f"{sent} events to {count - 1} clients, who got {min(counts)} to {max(counts)}", min(counts) == sent)
    good &= check(f"delivery p50 {1000 * percentile(late, 0.5):.1f} ms, p99 {p99:.1f} ms, at most 50", p99 <= 50)
    closed = gone - full if gone else None
    good &= check(f"the client that never reads is closed {closed and round(closed, 1)} s after its buffers were full",
                  closed is not None and closed <= 5.5)
    return good & check(f"peak memory {memory:.1f} MiB, at most 64", memory <= 64)


async def flood(state, connections):
    begin = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime(time.time() - 3000 * 3600))
    state.serve()
    trader = subprocess.Popen(["ctt", "trade", "--schedule", "demo", "--replay", "dataset:demo", "--from", begin,
                               "--speed", "50", "-q"], **QUIET)
    await asyncio.sleep(1)
    upgrade = (f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{state.port}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode()
    answers, held = {}, []
    for _ in range(connections):
        client = socket.create_connection(("127.0.0.1", state.port), timeout=5)
        try:
            client.sendall(upgrade)
            status = client.recv(12)[9:12].decode() or "closed"
        except ConnectionError:
            status = "closed"
        answers[status] = answers.get(status, 0) + 1
        if status == "101":
            held.append(client)
        else:
            client.close()
    trader.terminate()
    trader.wait()
    with sqlite3.connect(state.home / "ctt.db") as database:
        rows = database.execute("SELECT bar_open_time, decided_at FROM live_decisions ORDER BY step").fetchall()
    database.close()
    gaps = [b[1] - a[1] for a, b in zip(rows, rows[1:])]
    dropped = (rows[-1][0] - rows[0][0]) // 3600 + 1 - len(rows)
    good = check(f"{connections} connections: {answers.get('101', 0)} served, the rest refused: {answers}",
                 answers.get("101") == 64 and set(answers) <= {"101", "503", "closed"})
    return good & check(f"a trader beside it: {len(rows)} bars at 50 a second, {dropped} dropped, longest pause "
                        f"{max(gaps)} ms, median {percentile(gaps, 0.5)} ms",
                        dropped == 0)


# Per type what a client may count on; the first row of each is what dashboards of this kind know.
NUMBER, TEXT, NONE = (int, float), str, type(None)
FRAMES = {
    "continuous_cycle_start": {
        "schedule_id": TEXT, "cycle_number": int, "experiment_id": TEXT, "window_start": TEXT, "window_end": TEXT,
        "parent_model_version": int, "total_iterations": int, "bars": int},
    "continuous_cycle_progress": {
        "schedule_id": TEXT, "cycle_number": int, "iteration": int, "total_iterations": int,
        "phase": TEXT, "reward_mean": (*NUMBER, NONE), "eta_s": (*NUMBER, NONE)},
    "continuous_cycle_complete": {
        "schedule_id": TEXT, "cycle_number": int, "experiment_id": TEXT, "checkpoint_path": TEXT, "metrics": dict,
        "model_version": int, "decision": TEXT, "decision_reason": (TEXT, NONE), "checkpoint_sha256": TEXT},
    "continuous_cycle_skipped": {"schedule_id": TEXT, "cycle_number": int, "reason": TEXT, "message": TEXT},
    "continuous_model_deployed": {
        "schedule_id": TEXT, "cycle_number": (int, NONE), "checkpoint_path": TEXT, "model_version": int,
        "sha256": TEXT, "previous_model_version": (int, NONE), "cause": TEXT},
    "continuous_status_change": {
        "schedule_id": TEXT, "status": TEXT, "next_cycle_at": (TEXT, NONE),
        "previous_status": TEXT, "frozen": bool, "health": TEXT, "reason": (TEXT, NONE)},
}
METRICS = ("reward_mean", "pnl", "pnl_pct", "oos_pnl_pct", "parent_oos_pnl_pct", "hold_pct", "sharpe",
           "max_drawdown_pct", "trades", "fees", "lr", "kl_parent", "entropy", "bars", "holes", "train_s",
           "steps_per_s")


def shortcomings(given, fields):
    """The names of the fields that are missing or of another type."""
    return [name for name, kind in fields.items() if name not in given or not isinstance(given[name], kind)]


async def frames(state):
    """Everything that a schedule tells, by the commands themselves: a busy slot, a cycle, a swap, a pause."""
    await asyncio.to_thread(state.serve)
    trader = await asyncio.create_subprocess_exec(
        "ctt", "trade", "--schedule", "demo", "--replay", "dataset:demo", "--speed", "20", "-q",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (state.home / "run" / "trade-demo.sock").exists():
        await asyncio.sleep(0.02)
    with sqlite3.connect(state.home / "ctt.db") as database:
        database.execute("UPDATE continuous_training_schedules SET next_cycle_at = ?", (int(time.time() * 1000) - 1000,))
    database.close()
    with open(state.home / "run" / "training.lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = await asyncio.to_thread(subprocess.run, ["ctt", "cycle", "run", "-q"], **QUIET)
    good = check("a cycle beside another training exits 75", busy.returncode == 75)
    await asyncio.to_thread(ctt, "cycle", "run", "--now")
    await asyncio.to_thread(ctt, "models", "deploy", "v2")
    await asyncio.to_thread(ctt, "schedule", "pause")
    last, got = state.last_seq(), []
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"http://127.0.0.1:{state.port}/ws/dashboard?since=0") as client:
            while len(got) < 2 or got[-1].get("seq", 0) < last:
                got.append(json.loads((await client.receive(timeout=10)).data))
        async with session.get(f"http://127.0.0.1:{state.port}/api/continuous/history") as answer:
            cycles = (await answer.json())["items"]
    trader.terminate()
    await trader.wait()
    good &= check("hello comes first", got[0]["type"] == "hello")
    stored = [frame for frame in got[1:] if "seq" in frame]
    good &= check(f"seq rises over {len(stored)} frames",
                  all(a["seq"] < b["seq"] for a, b in zip(stored, stored[1:])))
    for kind, fields in FRAMES.items():
        own = [frame for frame in stored if frame["type"] == kind]
        short = sorted({name for frame in own for name in shortcomings(frame, {"ts": TEXT, **fields})})
        good &= check(f"{kind}: {len(own)} frames, each with its {len(fields)} fields {' '.join(short)}", bool(own) and not short)
    metrics = next(cycle["metrics"] for cycle in cycles if cycle["status"] == "completed")
    complete = next(frame["metrics"] for frame in stored if frame["type"] == "continuous_cycle_complete")
    for name, given in (("history", metrics), ("continuous_cycle_complete", complete)):
        short = shortcomings(given, {metric: (*NUMBER, NONE) for metric in METRICS})
        good &= check(f"metrics of {name}: {len(METRICS)} {' '.join(short)}", not short)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("restarts").add_argument("--times", type=int, default=100)
    crowded = commands.add_parser("crowd")
    crowded.add_argument("--clients", type=int, default=200)
    crowded.add_argument("--seconds", type=float, default=60)
    commands.add_parser("flood").add_argument("--connections", type=int, default=10000)
    commands.add_parser("frames")
    arguments = parser.parse_args()
    state = State()
    try:
        if arguments.command == "restarts":
            good = asyncio.run(restarts(state, arguments.times))
        elif arguments.command == "crowd":
            good = asyncio.run(crowd(state, arguments.clients, arguments.seconds))
        elif arguments.command == "frames":
            good = asyncio.run(frames(state))
        else:
            good = asyncio.run(flood(state, arguments.connections))
    finally:
        state.end()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
