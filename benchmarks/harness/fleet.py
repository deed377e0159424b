"""The logs of a fleet, made from recorded oopses: each has another host, other times, process ids and addresses."""

import datetime
import glob
import os
import random
import re

from harness import machine
from harness.machine import ROOT

RECORDINGS = os.path.join(ROOT, "fixtures", "captures", "oopses")
KERNELS = {
    "x86-6.1": "debian-12-6.1-cloud-amd64",
    "x86-6.12": "debian-13-6.12-cloud-amd64",
    "arm64-6.12": "debian-13-6.12-cloud-arm64",
}
LINES = 50
PER_FOLDER = 500
START = datetime.datetime(2026, 11, 20, tzinfo=datetime.timezone.utc)
DAYS = 7
HOSTS = 400

PRINTK = re.compile(r"(?m)^(?:<\d>)?\[ *(\d+\.\d+)\] ")
# Pointers into the direct map and into vmalloc's area, which differ on each boot.
POINTER = re.compile(r"\bffff[89a-d][0-9a-f]{11}\b")
PID = re.compile(r"\bPID: \d+")


def recordings():
    """The lines of each recorded report without its times; what is longer than a log ends early."""
    found = []
    for kernel in KERNELS:
        for path in sorted(glob.glob(os.path.join(RECORDINGS, kernel, "*.txt"))):
            with open(path, encoding="utf-8") as file:
                lines = PRINTK.sub("", file.read()).splitlines()
            found.append(lines[:LINES])
    if not found:
        machine.fail(f"{RECORDINGS}: no recordings")
    return found


def log(lines, chance):
    """A log of one host: what it printed before, and the report."""
    moved = {}

    def other(match):
        address = match.group()
        if address not in moved:
            moved[address] = address[:5] + f"{chance.getrandbits(32):08x}" + address[13:]
        return moved[address]

    host = f"node-{chance.randrange(HOSTS):03}"
    time = START + datetime.timedelta(seconds=chance.randrange(DAYS * 86400))
    up = chance.uniform(100, 1e6)
    pid = f"PID: {chance.randrange(200, 30000)}"
    eth = chance.randrange(8)
    quiet = [f"net eth{eth}: link is {'up' if i % 2 else 'down'}" for i in range(LINES - len(lines))]
    text = []
    for i, line in enumerate(quiet + lines):
        at = time + datetime.timedelta(milliseconds=i)
        line = PID.sub(pid, POINTER.sub(other, line))
        text.append(f"{at.isoformat(timespec='microseconds')} {host} kernel: [{up + i / 1000:12.6f}] {line}\n")
    return "".join(text)


def make(folder, count, seed=1):
    """Writes the logs; returns the file with all of their text in one stream."""
    chance = random.Random(seed)
    reports = recordings()
    stream = os.path.join(folder, "stream.log")
    with open(stream, "w", encoding="utf-8") as whole:
        for i in range(count):
            below = os.path.join(folder, "logs", f"{i // PER_FOLDER:03}")
            if i % PER_FOLDER == 0:
                os.makedirs(below)
            text = log(reports[i % len(reports)], chance)
            with open(os.path.join(below, f"crash-{i:05}.log"), "w", encoding="utf-8") as file:
                file.write(text)
            whole.write(text)
    return stream


def debug_folders(more):
    """Directories of the debug files of the recordings' kernels and modules."""
    folders = list(more)
    for recorded, kernel in KERNELS.items():
        vmlinux = os.path.join(machine.kernel_folder(kernel), "vmlinux")
        if os.path.isfile(vmlinux):
            folders.append(os.path.dirname(vmlinux))
        elif not more:
            print(f"{kernel}: not downloaded (fixtures/kernels/fetch {kernel}); its reports lack debug information")
    folders.extend(os.path.join(RECORDINGS, each) for each in KERNELS)
    return folders
