#!/usr/bin/env python3
"""Types half a word and a tab into bash, zsh and fish, each in a terminal, and reads what the shell made of it.

A shell that is not installed is left out; exit 77 when none is.
"""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

# What is typed before the tab, and the command line that it becomes.
CASES = [
    ("ctt sched", "ctt schedule"),
    ("ctt schedule status --sched", "ctt schedule status --schedule"),
    ("ctt schedule status --schedule btc-h", "ctt schedule status --schedule btc-hourly"),
    ("ctt models show v", "ctt models show v1"),
    ("ctt datasets show eth-d", "ctt datasets show eth-daily"),
    ("ctt config get learner.thr", "ctt config get learner.threads"),
    ("ctt packs show stand", "ctt packs show standard"),
    ("ctt schedule update --gate str", "ctt schedule update --gate strict"),
    ("ctt datasets create x --timeframe 15", "ctt datasets create x --timeframe 15m"),
    ("ctt simulate --action-scheme Trail", "ctt simulate --action-scheme TrailingStopBSH"),
    ("ctt help sched", "ctt help schedule"),
    ("ctt help exit", "ctt help exit-codes"),
    ("ctt experiments compare ba", "ctt experiments compare base"),
]

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "PS1='$ '; source <(ctt completion bash)\n"),
    "zsh": (["zsh", "-f", "-i"], "PS1='$ '; autoload -Uz compinit; compinit -u -D; source <(ctt completion zsh)\n"),
    # As the package installs it: a file of fpath, which zsh reads at the first tab.
    "zsh, installed": (["zsh", "-f", "-i"], "PS1='$ '; mkdir -p f; ctt completion zsh > f/_ctt; fpath=(f $fpath); "
                                            "autoload -Uz compinit; compinit -u -D\n"),
    "fish": (["fish", "--no-config", "-i"], "function fish_prompt; echo '$ '; end; function fish_greeting; end; "
                                            "set -g fish_autosuggestion_enabled 0; ctt completion fish | source\n"),
}


def ctt(*words):
    subprocess.run(["ctt", *words, "-q"], check=True)


def prepare():
    """A schedule, its model and a dataset whose names are to be completed."""
    ctt("init")
    for name in ("btc-hourly", "eth-daily"):
        ctt("datasets", "create", name, "--source", "synthetic", "--seed", "7", "--candles", "3000", "--timeframe", "1h")
    ctt("train", "--dataset", "btc-hourly", "--pack", "quick", "--name", "base", "--iterations", "1")
    ctt("schedule", "start", "--name", "btc-hourly", "--base", "base", "--dataset", "btc-hourly", "--pack", "quick")


class Terminal:
    """A shell at the other end of a terminal of 24 lines and 200 columns."""

    def __init__(self, argv):
        pid, self.master = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "dumb" if argv[0] == "zsh" else "xterm"
            os.execvp(argv[0], argv)
        self.pid = pid
        subprocess.run(["stty", "cols", "200", "rows", "24", "-F", os.ttyname(self.master)], check=False)

    def read(self, quiet=0.4, at_most=10.0):
        """What comes until it is quiet."""
        text, begun = b"", time.monotonic()
        while time.monotonic() - begun < at_most and select.select([self.master], [], [], quiet)[0]:
            try:
                text += os.read(self.master, 65536)
            except OSError:
                break
        return text.decode(errors="replace")

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


def started(shell):
    argv, setup = SHELLS[shell]
    terminal = Terminal(argv)
    terminal.read(quiet=1.0)
    terminal.type(setup)
    terminal.read(quiet=1.0)
    return terminal


def completed(terminal, typed):
    """The command line that the shell makes of `typed` and a tab."""
    line = pathlib.Path("line")
    line.unlink(missing_ok=True)
    terminal.type(typed + "\t")
    terminal.read(quiet=0.7)
    # Its both ends are quoted, so that it becomes what a command writes down.
    terminal.type("\x01echo '\x05' > line\n")
    for _ in range(50):
        terminal.read(quiet=0.1)
        if line.exists() and line.read_text(encoding="utf-8"):
            break
    return line.read_text(encoding="utf-8").strip() if line.exists() else "nothing"


def main():
    shells = [shell for shell, (argv, _) in SHELLS.items() if shutil.which(argv[0])]
    if not shells:
        print("skipped: no shell is here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(CTT_HOME=str(pathlib.Path(scratch) / "home"), HOME=scratch, NO_COLOR="1")
        os.chdir(scratch)
        prepare()
        wrong = 0
        for shell in shells:
            terminal = started(shell)
            for typed, wanted in CASES:
                got = completed(terminal, typed)
                good = got == wanted
                wrong += not good
                print(f"{'ok' if good else 'FAILED'}: {shell}: {typed}<TAB> is {got!r}" + ("" if good else f", wanted {wanted!r}"))
            terminal.end()
    sys.exit(1 if wrong else 0)


main()
