#!/usr/bin/env python3
"""Stands in for Slurm's commands in unit tests: called as sbatch, squeue or scancel (links beside it), it runs each job as
a real process of this machine. Jobs live in the folder $FAKE_SLURM, a file each: name, pid, state, restarts, status.

Files there make it behave so: `down`: the controller does not answer; `deaf`: sbatch submits and then does not hear the
answer, once; `no`: sbatch is refused; `end`: "STATE TIMES": so many of the next jobs end so instead of running; `as`:
the state of a job whose process failed; `pending`: jobs wait until it is gone."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HOME = pathlib.Path(os.environ["FAKE_SLURM"])


def jobs():
    found = [json.loads(file.read_text()) for file in HOME.glob("*.job")]
    return sorted(found, key=lambda job: [int(part) for part in job["id"].split("_")])


def save(job):
    file = HOME / f"{job['id']}.job"
    beside = file.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(job))
    beside.rename(file)


def place_of(words, option, job):
    """Where its output goes: the option's text, with the numbers of an array and its task."""
    array, _, task = job["id"].partition("_")
    return os.path.join(words["--chdir"], words[option].replace("%A", array).replace("%a", task))


def taken_end():
    """The state of `end`, if it has one for this job; jobs may look at the same time."""
    mine = HOME / f"end.{os.getpid()}"
    try:
        (HOME / "end").rename(mine)
    except FileNotFoundError:
        return None
    state, times = mine.read_text().split()
    mine.unlink()
    if int(times) > 1:
        (HOME / "end").write_text(f"{state} {int(times) - 1}")
    return state


def supervise(job, words, script):
    folder = words["--chdir"]
    output_file = place_of(words, "--output", job)
    error_file = place_of(words, "--error", job) if "--error" in words else output_file
    while (HOME / "pending").exists() and not (HOME / f"{job['id']}.cancel").exists():
        time.sleep(0.01)
    if (HOME / f"{job['id']}.cancel").exists():
        return save({**job, "state": "CANCELLED"})
    if state := taken_end():
        return save({**job, "state": state})
    with open(output_file, "ab") as output, open(error_file, "ab") as errors:
        process = subprocess.Popen([script], cwd=folder, stdout=output, stderr=errors, stdin=subprocess.DEVNULL,
                                   start_new_session=True,
                                   env={**os.environ, "SLURM_ARRAY_TASK_ID": job["id"].partition("_")[2]})
        save({**job, "state": "RUNNING", "pid": process.pid})
        status = process.wait()
    killed = (HOME / "as").read_text().strip() if (HOME / "as").exists() else "FAILED"
    state = "COMPLETED" if status == 0 else killed
    if (HOME / f"{job['id']}.cancel").exists():
        state = "CANCELLED"
    save({**job, "state": state, "status": -status if status < 0 else status << 8})


def tasks(array):
    """`_0`, `_1`, `_5` of `0-1,5%2`; without an array one job, which has no such tail."""
    if array is None:
        yield ""
        return
    for part in array.partition("%")[0].split(","):
        first, _, last = part.partition("-")
        yield from (f"_{task}" for task in range(int(first), int(last or first) + 1))


def sbatch(arguments):
    if (HOME / "no").exists():
        sys.exit("sbatch: error: invalid partition specified: short\n"
                 "sbatch: error: Batch job submission failed: Invalid partition name specified")
    words = dict(word.split("=", 1) for word in arguments if "=" in word)
    number = str(len(list(HOME.glob("*.words"))) + 1)
    (HOME / f"{number}.words").write_text("\n".join(arguments))
    for task in tasks(words.get("--array")):
        job = {"id": number + task, "name": words["--job-name"], "state": "PENDING", "restarts": 0, "status": 0, "pid": 0}
        save(job)
        if os.fork() == 0:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(null, descriptor)
            supervise(job, words, arguments[-1])
            os._exit(0)
    if (HOME / "deaf").exists():
        (HOME / "deaf").unlink()
        sys.exit("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation")
    print(number)


def squeue(arguments):
    name = next(word.split("=", 1)[1] for word in arguments if word.startswith("--name="))
    for job in jobs():
        if job["name"] == name:
            print(f"{job['id']:<40}{job['state']:<20}{job['restarts']:<10}{job['status']:<12}")


def scancel(arguments):
    wanted = [job for job in jobs() if arguments[-1] in (job["id"], job["id"].partition("_")[0])]
    live = [job for job in wanted if job["state"] in ("PENDING", "RUNNING")]
    if not live:
        sys.exit(f"scancel: error: Kill job error on job id {arguments[-1]}: Job/step already completing or completed")
    asked = "--signal=TERM" in arguments
    for job in live:
        if not asked:
            (HOME / f"{job['id']}.cancel").touch()
        if job["pid"]:
            os.killpg(job["pid"], signal.SIGTERM if asked else signal.SIGKILL)


if __name__ == "__main__":
    if (HOME / "down").exists():
        sys.exit("slurm_load_jobs error: Unable to contact slurm controller (connect failure)")
    {"sbatch": sbatch, "squeue": squeue, "scancel": scancel}[pathlib.Path(sys.argv[0]).name](sys.argv[1:])
