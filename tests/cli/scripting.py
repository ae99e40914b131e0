#!/usr/bin/env python3
"""What a script may count on: every command with --json prints a document of its schema, or on failure one of
ctt.error/1; and a reader that goes away (`| head -1`) ends every command that streams quietly, with 0."""
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

wrong = 0
work = pathlib.Path(tempfile.mkdtemp())
env = {**os.environ, "CTT_HOME": str(work / "home"), "HOME": str(work), "NO_COLOR": "1"}
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
    env.pop(name, None)

# A stream has no document: None. What needs a trader or something that is not there is refused; the number is
# the exit status. The order matters: what a row makes, later rows use.
TABLE = [
    ("init", [], 0),
    ("version", [], 0),
    ("help", ["schedule", "start"], 0),
    ("demo", ["--dir", "made", "-n"], 0),
    ("doctor", [], 0),
    ("config show", [], 0),
    ("config get", ["models.keep"], 0),
    ("config set", ["models.keep", "7"], 0),
    ("config path", [], 0),
    ("config validate", [], 0),
    ("db status", [], 0),
    ("db check", [], 0),
    ("db backup", ["copy.db"], 0),
    ("db restore", ["copy.db", "--confirm", "ctt.db"], 0),
    ("db migrate", [], 0),
    ("db prune", [], 0),
    ("datasets create", ["d", "--source", "synthetic", "--seed", "7", "--candles", "1500"], 0),
    ("datasets list", [], 0),
    ("datasets show", ["d", "--head", "2"], 0),
    ("datasets fetch", ["d", "--candles", "50"], 0),
    ("datasets check", ["d"], 0),
    ("datasets export", ["d", "-o", "d.csv"], 0),
    ("packs list", [], 0),
    ("packs show", ["quick"], 0),
    ("packs create", ["p", "--from", "quick"], 0),
    ("packs edit", ["p", "--set", "lr=0.002"], 0),
    ("packs copy", ["p", "p2"], 0),
    ("packs diff", ["quick", "p"], 0),
    ("packs validate", ["--file", "p.json"], 0),
    ("packs delete", ["p2", "-y"], 0),
    ("features", ["--candles", "d.csv", "-o", "f.csv"], 0),
    ("train", ["--dataset", "d", "--pack", "p", "--name", "base", "--iterations", "1"], 0),
    ("experiments list", [], 0),
    ("experiments show", ["base"], 0),
    ("experiments tag", ["base", "kept"], 0),
    ("experiments cancel", ["base"], 0),
    ("schedule start", ["--base", "base", "--dataset", "d", "--pack", "p", "--name", "s", "--window", "300",
                        "--iterations", "1"], 0),
    ("schedule list", [], 0),
    ("schedule update", ["--interval", "4h"], 0),
    ("schedule pause", [], 0),
    ("schedule resume", [], 0),
    ("schedule freeze", [], 0),
    ("schedule unfreeze", [], 0),
    ("schedule skip-next", [], 0),
    ("schedule install", ["--print", "--systemd", "--user"], 0),
    ("schedule uninstall", ["--cron", "-n"], 0),
    ("cycle run", ["--now"], 0),
    ("schedule status", [], 0),
    ("status", [], 0),
    ("schedule history", [], 0),
    ("cycle show", ["1"], 0),
    ("cycle cancel", ["1"], 0),
    ("cycle reproduce", ["1"], 0),
    ("experiments compare", ["base", "s-1"], 0),
    ("models list", [], 0),
    ("models show", ["v2"], 0),
    ("models lineage", ["v2"], 0),
    ("models verify", ["--all"], 0),
    ("models export", ["v2", "-o", "v2.safetensors"], 0),
    ("models import", ["v2.safetensors"], 0),
    ("models deploy", ["v1"], 7),
    ("models rollback", ["v2"], 7),
    ("models prune", ["--keep", "5", "-y"], 0),
    ("backtest", ["--model", "v1", "--dataset", "d"], 0),
    ("simulate", ["--candles", "d.csv", "--actions", "a.txt", "--action-scheme", "BSH", "-o", "sim.csv"], 0),
    ("replay", ["--schedule", "s", "--from", "2020-01-01", "--allow-seen", "-n"], 0),
    ("replay list", [], 0),
    ("replay show", ["none"], 3),
    ("replay resume", ["none"], 3),
    ("replay delete", ["none"], 3),
    ("trade", ["--schedule", "s", "--replay", "d.csv", "--speed", "0"], 0),
    ("trade status", [], 0),
    ("trade orders", [], 0),
    ("trade decisions", [], 0),
    ("trade audit", [], 0),
    ("report", ["-o", "report.html"], 0),
    ("trade halt", ["--reason", "test"], 0),
    ("trade resume", [], 0),
    ("trade flatten", ["--confirm", "BTC/USD", "-n"], 0),
    ("trade stop", [], 7),
    ("events", [], 0),
    ("completion", ["bash"], 0),
    ("selftest learn", [], 0),
    ("serve-ws", ["--listen", "nowhere"], 2),
    ("schedule stop", [], 0),
    ("schedule delete", ["s", "-n"], 0),
    ("notify test", [], 2),
    ("notify check", [], 0),
    ("notify list", [], 0),
    ("datasets delete", ["d", "-y"], 5),
    ("experiments delete", ["base", "-y"], 5),
]
# One JSON object a line; which, the documents of the WebSocket and of the tables say.
STREAMS = {"events", "cycle run", "train", "trade decisions", "trade", "trade orders", "replay"}
# A session's report has the form of a replay's.
SCHEMAS = {"report": "ctt.replay.result/1"}
# Their answer is a file or a script whatever is asked.
FILES = {"completion"}

HEADS = [
    ["events"], ["events", "--json"],
    ["datasets", "export", "d", "-o", "-"], ["datasets", "export", "d", "--format", "jsonl", "-o", "-"],
    ["features", "--candles", "d.csv", "-o", "-"], ["models", "export", "v1", "-o", "-"],
    ["schedule", "history", "--format", "csv"], ["packs", "list"], ["help", "config"], ["config", "show"],
    ["simulate", "--candles", "d.csv", "--actions", "a.txt", "--action-scheme", "BSH", "-o", "-"],
    ["trade", "decisions", "--limit", "100000"], ["experiments", "list"], ["completion", "bash"],
]


def complain(sentence):
    global wrong
    wrong += 1
    print(f"FAILED: {sentence}")


def ctt(*words):
    return subprocess.run(["ctt", *words], cwd=work, env=env, capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)


def commands_of(*words):
    """Every command below these words, by its help."""
    text = ctt(*words, "--help").stdout
    found = re.search(r"^(?:Commands|Verbs):\n((?:  .*\n)+)", text, re.M)
    names = [line.split()[0] for line in found.group(1).splitlines() if re.match(r"  \S", line)] if found else []
    below = [command for name in names for command in commands_of(*words, name)]
    # Some nouns are commands themselves.
    itself = [" ".join(words)] if words and (not names or " ".join(words) in {"replay", "trade"}) else []
    return itself + below


def check_json(command, arguments, status):
    ran = ctt(*command.split(), *arguments, "--json")
    line = f"ctt {command} {' '.join(arguments)} --json"
    if ran.returncode != status:
        return complain(f"{line}: exit {ran.returncode}, wanted {status}: {ran.stderr.strip()[-300:]}")
    if command in FILES:
        return None
    documents = []
    try:
        documents = [json.loads(text) for text in ran.stdout.splitlines()]
        last_words = [json.loads(text) for text in ran.stderr.splitlines() if text.startswith("{")]
    except ValueError as error:
        return complain(f"{line}: {error} in {ran.stdout[:200]!r}")
    schema = SCHEMAS.get(command, "ctt." + command.replace(" ", ".") + "/1")
    if status not in (0, 10) and command not in STREAMS and not documents:
        documents, schema = last_words[-1:], "ctt.error/1"
    if command in STREAMS:
        if not all(isinstance(document, dict) for document in documents):
            complain(f"{line}: a line is no object")
        return None
    if "-n" in arguments:
        schema = "ctt.dry-run/1"
    if len(documents) != 1 or documents[0].get("schema") != schema:
        complain(f"{line}: not one document {schema}: {ran.stdout[:200]!r} {ran.stderr[:200]!r}")
    return None


def check_head(words):
    """The reader takes one line and goes."""
    ran = subprocess.Popen(["ctt", *words], cwd=work, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           stdin=subprocess.DEVNULL)
    ran.stdout.readline()
    ran.stdout.close()
    said = ran.stderr.read().decode()
    if ran.wait(60) != 0 or said:
        complain(f"ctt {' '.join(words)} | head -1: exit {ran.returncode}: {said.strip()[:300]}")


def on_terminal(columns, *words):
    """What a terminal of so many columns shows."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    ran = subprocess.Popen(["ctt", *words], cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=follower,
                           stderr=subprocess.STDOUT)
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    ran.wait(60)
    return shown.decode()


def check_widths():
    """Tables fit a terminal of 60 columns, help one of 80, and a timer's call with nothing due says what is next."""
    for words in (["schedule", "history", "--wide"], ["models", "list"], ["trade", "orders"], ["packs", "list"]):
        for line in on_terminal(60, *words).splitlines():
            # The last column is free text, which a terminal wraps.
            if len(re.sub(r"^(.{1,48}?\S)\s\s.*", r"\1", line)) > 60 and not line.startswith(("*", "!", "Older")):
                complain(f"ctt {' '.join(words)} at 60 columns: {line}")
    if "CYCLE" not in on_terminal(60, "schedule", "history", "--wide"):
        complain("ctt schedule history --wide at 60 columns shows no cycle")
    for command in commands_of():
        for line in ctt(*command.split(), "--help").stdout.splitlines():
            if len(line) > 80 and not line.startswith("  ctt ") and not line.startswith("Usage:"):
                complain(f"ctt {command} --help is wider than 80 columns: {line}")
    if "No slot is due. Next: s " not in on_terminal(80, "cycle", "run"):
        complain("ctt cycle run on a terminal does not say what is next")
    if ctt("cycle", "run").stdout:
        complain("ctt cycle run with nothing due speaks to a timer")


def main():
    (work / "p.json").write_text("{}\n")
    (work / "a.txt").write_text("".join(f"{i % 2}\n" for i in range(1000)))
    for command, arguments, status in TABLE:
        check_json(command, arguments, status)
        if command == "report":
            for words in HEADS:
                check_head(words)
            check_widths()
    for command in commands_of():
        if command not in {row[0] for row in TABLE}:
            complain(f"ctt {command} is not in the table of this test")
    shutil.rmtree(work)
    print(f"{len(TABLE)} commands with --json, {len(HEADS)} readers that went away, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
