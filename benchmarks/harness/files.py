"""The files of the tasks: packed copies of vmlinux, and modules of the same kernel."""

import glob
import os
import subprocess
import sys
import zlib

from harness import machine
from harness.elf import Elf

# Unpacks a zlib stream with the C library, in pieces.
INFLATE = """
import sys, zlib
stream = zlib.decompressobj()
with open(sys.argv[1], "rb") as file:
    while chunk := file.read(1 << 16):
        while chunk:
            stream.decompress(chunk, 1 << 18)
            chunk = stream.unconsumed_tail
"""

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


def unpacking(elf, method, address, folder):
    """What a query of an address in packed sections cannot avoid, done by the native library alone: a name and the words of
    a command that unpacks .debug_info up to the end of the address's unit. None if there is no such unit or program."""
    end = elf.unit_end(address)
    section = next((s for s in elf.sections if s.name == ".debug_info"), None)
    if not end or not section:
        return None
    target = os.path.join(folder, f"needed-{method}")
    machine.progress(f"packing {end / 1e6:.0f} MB of .debug_info with {method}")
    needed = elf.read(section.offset, end)
    if method == "zlib":
        with open(target, "wb") as file:
            file.write(zlib.compress(needed))
        name, words = "zlib", [sys.executable, "-c", INFLATE, target]
    else:
        try:
            with open(target, "wb") as file:
                subprocess.run(["zstd", "-q", "-c"], input=needed, stdout=file, check=True)
        except OSError:
            return None
        name, words = "zstd -dc", ["zstd", "-q", "-d", "-c", target]
    machine.progress("")
    return f"{name} alone, {end / 1e6:.0f} MB", words
