"""The files of the tasks: packed copies of vmlinux, and modules of the same kernel."""

import glob
import os
import subprocess

from harness import machine
from harness.elf import Elf

# The modules of the tasks, below kernel/, and how many addresses are looked up in each.
MODULES = {"nf_conntrack": ("net/netfilter/nf_conntrack.ko", 2000), "xfs": ("fs/xfs/xfs.ko", 5000)}


def packed_sections(elf, method, folder):
    """A copy of an ELF file with debug sections packed by zlib or zstd; None if no installed objcopy can do that."""
    target = os.path.join(folder, f"{os.path.basename(elf.path)}-{method}")
    if os.path.isfile(target):
        return target
    for program in filter(None, (*machine.on_path("objcopy"), machine.llvm("llvm-objcopy"))):
        machine.progress(f"packing with {method}: {program}")
        words = [program, f"--compress-debug-sections={method}", elf.path, target]
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        machine.progress("")
        if done.returncode == 0 and any(s.flags & 0x800 for s in Elf(target, relocatable=True).sections):
            return target
        if os.path.isfile(target):
            os.remove(target)
    return None


def module(elf, name):
    """A module of the same kernel as vmlinux, unpacked; None if it is not there."""
    below, _ = MODULES[name]
    folder = os.path.dirname(elf.path)
    release = os.path.basename(elf.path).removeprefix("vmlinux-")
    for place in (f"{folder}/modules/kernel", f"{folder}/../lib/modules/{release}/kernel"):
        for path in glob.glob(os.path.join(place, below)):
            return Elf(os.path.normpath(path), relocatable=True)
    return None


def xz(path, folder):
    """A copy of a module as the kernel's build packs it (scripts/Makefile.modinst); None if xz is not installed."""
    target = os.path.join(folder, os.path.basename(path) + ".xz")
    if not os.path.isfile(target):
        machine.progress(f"packing {path}")
        try:
            with open(target, "wb") as out:
                subprocess.run(["xz", "--check=crc32", "--lzma2=dict=1MiB", "-c", path], stdout=out, check=True)
        except OSError:
            os.remove(target)
            return None
        machine.progress("")
    return target
