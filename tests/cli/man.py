#!/usr/bin/env python3
"""Renders every manual page and holds it against what the commands say of themselves: each command of
`ctt --help` has its page, and on it each verb, option, example and exit status of its help."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

PAGES = pathlib.Path(os.environ["CTT_BUILD"]) / "share" / "man"
OTHERS = ["ctt.1", "ctt-config.5", "ctt-json.5", "ctt-errors.7"]
wrong = 0


def complain(sentence):
    global wrong
    wrong += 1
    print(f"FAILED: {sentence}")


def run(*words):
    return subprocess.run(words, check=False, capture_output=True, text=True,
                          env={**os.environ, "COLUMNS": "100", "MANWIDTH": "1000", "LC_ALL": "C.UTF-8"})


def help_of(*words):
    return run("ctt", *words, "--help").stdout


def section(text, title):
    found = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.M)
    return found.group(1).splitlines() if found else []


def names_in(text, title):
    # A description that goes on in the next line stands further in.
    return [line.split()[0] for line in section(text, title) if re.match(r"  \S", line)]


def rendered(page):
    """The page as man shows it, in one line."""
    shown = run("man", "--warnings", "-E", "UTF-8", "-l", str(page))
    if shown.returncode != 0 or shown.stderr:
        complain(f"{page.name} does not render: {shown.stderr.strip()}")
    return " ".join(re.sub(r".\x08", "", shown.stdout).split())


def check(words, page, name):
    text = help_of(*words)
    for line in section(text, "Options") + section(text, "Arguments"):
        spelling = re.match(r"  (\S+)", line)
        if spelling and not spelling.group(1).startswith("-h"):
            if spelling.group(1) not in page:
                complain(f"{name} lacks {spelling.group(1)} of ctt {' '.join(words)}")
    examples = [line.strip() for line in section(text, "Examples")]
    if not examples:
        complain(f"ctt {' '.join(words)} has no example")
    for example in examples:
        if " ".join(example.split()) not in page:
            complain(f"{name} lacks the example: {example}")
    status = re.search(r"^Exit status: ((?:.+\n)+?)(?:Options of every|$)", text, re.M)
    if not status:
        complain(f"ctt {' '.join(words)} says no exit status")
    elif " ".join(status.group(1).split()) not in page:
        complain(f"{name} lacks the exit status of ctt {' '.join(words)}")


def main():
    if not shutil.which("man") or not PAGES.exists():
        print("skipped: man is not here, or the pages were not built, which takes scdoc")
        sys.exit(77)
    nouns = names_in(help_of(), "Commands")
    for noun in nouns:
        file = PAGES / "man1" / f"ctt-{noun}.1.gz"
        if not file.exists():
            complain(f"{noun} has no manual page")
            continue
        page = rendered(file)
        verbs = names_in(help_of(noun), "Verbs")
        for verb in verbs:
            check([noun, verb], page, file.name)
        if "\nExamples:" in help_of(noun):
            check([noun], page, file.name)
    for name in OTHERS:
        file = PAGES / f"man{name[-1]}" / f"{name}.gz"
        if file.exists():
            rendered(file)
        else:
            complain(f"{name} is missing")
    index = rendered(PAGES / "man1" / "ctt.1.gz")
    for noun in nouns:
        if f"ctt-{noun}(1)" not in index:
            complain(f"ctt.1 does not name ctt-{noun}(1)")
    if not wrong:
        print(f"ok: {len(nouns)} pages of commands and {len(OTHERS)} others render and say what help says")
    sys.exit(1 if wrong else 0)


main()
