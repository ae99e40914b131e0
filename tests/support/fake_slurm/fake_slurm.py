#!/usr/bin/env python3
"""Stands in for Slurm's commands in unit tests: called as sbatch, squeue or scancel (links beside it), it runs each job as
a real process of this machine. Jobs live in the folder $FAKE_SLURM, a file each: name, pid, state, restarts, status.

Files there make it behave so: `down`: the controller does not answer; `deaf`: sbatch submits and then does not hear the
answer, once; `no`: sbatch is refused; `end`: "STATE TIMES": so many of the next jobs end so instead of running; `as`:
the state of a job that a signal ends; `pending`: jobs wait until it is gone."""
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
    return sorted(found, key=lambda job: job["id"])


def save(job):
    file = HOME / f"{job['id']}.job"
    beside = file.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(job))
    beside.rename(file)


def supervise(job, words, script):
    folder = words["--chdir"]
    while (HOME / "pending").exists() and not (HOME / f"{job['id']}.cancel").exists():
        time.sleep(0.01)
    if (HOME / f"{job['id']}.cancel").exists():
        return save({**job, "state": "CANCELLED"})
    end = HOME / "end"
    if end.exists():
        state, times = end.read_text().split()
        end.unlink() if int(times) == 1 else end.write_text(f"{state} {int(times) - 1}")
        return save({**job, "state": state})
    with open(os.path.join(folder, words["--output"]), "ab") as output, \
            open(os.path.join(folder, words["--error"]), "ab") as errors:
        process = subprocess.Popen([script], cwd=folder, stdout=output, stderr=errors, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
        save({**job, "state": "RUNNING", "pid": process.pid})
        status = process.wait()
    killed = (HOME / "as").read_text().strip() if (HOME / "as").exists() else "FAILED"
    state = "COMPLETED" if status == 0 else "FAILED" if status > 0 else killed
    if (HOME / f"{job['id']}.cancel").exists():
        state = "CANCELLED"
    save({**job, "state": state, "status": -status if status < 0 else status << 8})


def sbatch(arguments):
    if (HOME / "no").exists():
        sys.exit("sbatch: error: invalid partition specified: short\n"
                 "sbatch: error: Batch job submission failed: Invalid partition name specified")
    words = dict(word.split("=", 1) for word in arguments if "=" in word)
    job = {"id": len(list(HOME.glob("*.words"))) + 1, "name": words["--job-name"], "state": "PENDING", "restarts": 0, "status": 0, "pid": 0}
    save(job)
    (HOME / f"{job['id']}.words").write_text("\n".join(arguments))
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
    print(job["id"])


def squeue(arguments):
    name = next(word.split("=", 1)[1] for word in arguments if word.startswith("--name="))
    for job in jobs():
        if job["name"] == name:
            print(f"{job['id']:<40}{job['state']:<20}{job['restarts']:<10}{job['status']:<12}")


def scancel(arguments):
    job = json.loads((HOME / f"{arguments[-1]}.job").read_text())
    if job["state"] not in ("PENDING", "RUNNING"):
        sys.exit(f"scancel: error: Kill job error on job id {job['id']}: Job/step already completing or completed")
    asked = "--signal=TERM" in arguments
    if not asked:
        (HOME / f"{job['id']}.cancel").touch()
    if job["pid"]:
        os.killpg(job["pid"], signal.SIGTERM if asked else signal.SIGKILL)


if __name__ == "__main__":
    if (HOME / "down").exists():
        sys.exit("slurm_load_jobs error: Unable to contact slurm controller (connect failure)")
    {"sbatch": sbatch, "squeue": squeue, "scancel": scancel}[pathlib.Path(sys.argv[0]).name](sys.argv[1:])
