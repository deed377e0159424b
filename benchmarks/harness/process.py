"""Runs commands in turn and measures each: wall time, CPU time, peak resident memory."""

import collections
import os
import statistics
import subprocess
import sys
import tempfile

from harness.machine import OWN_JAVA, environment, progress

# Seconds after which a command is not started again; the tables show the number of runs.
PATIENCE = 60
TIMEOUT = 300

# A small process starts the tool: until exec, the kernel counts the parent's memory as the child's, and this program is
# larger than some of the tools. Long argument lists need a larger stack.
STARTER = """
import os, resource, sys, time
if len(sys.argv) > 10000:
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (min(64 << 20, hard) if hard > 0 else 64 << 20, hard))
start = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(pid, 0)
wall = time.monotonic() - start
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), file=sys.stderr)
"""

# Seconds, seconds, MB (2^20 bytes).
Figures = collections.namedtuple("Figures", "wall cpu rss")

# name: of the row; command: its arguments; feed: a file for standard input; java: the Java for backline; cache: the
# folder of its side indexes, None for none.
Job = collections.namedtuple("Job", "name command feed java cache", defaults=(os.devnull, OWN_JAVA, None))


def run(job, answered, timeout=TIMEOUT):
    """Runs a command once, with output to a file. Returns its figures, or None and a reason."""
    with open(job.feed, "rb") as feed, open(answered, "wb") as out, tempfile.TemporaryFile() as err:
        starter = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", STARTER, *job.command],
            stdin=feed,
            stdout=out,
            stderr=err,
            env=environment(job.java, job.cache),
            start_new_session=True,
        )
        try:
            starter.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(starter.pid, 9)
            starter.wait()
            return None, f"took longer than {timeout} s"
        err.seek(0)
        said = err.read().decode("utf-8", "replace").rstrip("\n").splitlines()
    try:
        *figures, status = said[-1].split()
        figures = Figures(*map(float, figures))
    except (ValueError, TypeError, IndexError):
        return None, f"cannot be run: {said[-1] if said else 'no message'}"
    if status != "0":
        return None, f"exit status {status}: {said[-2] if len(said) > 1 else 'no message'}"
    return figures, ""


class Measured:
    """The result of a job: the figures of its runs and the file with the first output, or a note with the reason."""

    def __init__(self, job, answered):
        self.job, self.answered, self.taken, self.note, self.used = job, answered, [], "", 0.0

    def median(self, figure):
        return statistics.median(getattr(f, figure) for f in self.taken)

    def best(self):
        return min(f.wall for f in self.taken)

    def add(self, answered, counts, timeout):
        figures, note = run(self.job, answered, timeout)
        if figures is None:
            self.note = note
            return
        self.used += figures.wall
        if counts:
            self.taken.append(figures)


def take_turns(jobs, runs, folder, warm=True, keep=True, timeout=TIMEOUT, what=""):
    """Runs the jobs in turn (A B C A B C ...), so that other load on the machine affects all of them.

    Unless warm is false, each job first runs once without measuring, to warm the page cache. Unless keep is false, the
    output of the first run is kept.
    """
    every = [Measured(job, os.path.join(folder, f"answers-{i}") if keep else os.devnull) for i, job in enumerate(jobs)]
    for turn in range(0 if warm else 1, runs + 1):
        for measured in every:
            if measured.note or (len(measured.taken) > 0 and measured.used > PATIENCE):
                continue
            progress(f"{what}: {measured.job.name}, " + (f"run {turn} of {runs}" if turn else "to warm up"))
            first = turn == 0 or not warm and turn == 1
            measured.add(measured.answered if first or not keep else os.path.join(folder, "answers"), turn > 0, timeout)
    progress("")
    for measured in every:
        if measured.note:
            measured.taken = []
    return every


def text_file(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
