"""Parses the tools' output into chains that can be compared.

A chain is a tuple of (function, file, line), innermost first; None or line 0 means unknown.
"""

import functools
import re


@functools.lru_cache(maxsize=None)
def frame(function, place):
    place = re.sub(r" \(discriminator \d+\)$", "", place)
    m = re.match(r"(.*?):(\d+|\?)(?::\d+)?$", place)
    file, line = (m.group(1), m.group(2)) if m else (place, "0")
    file = re.sub(r"/(\./)+", "/", re.sub(r"//+", "/", file))
    line = int(line) if line.isdigit() else 0
    unknown = file in ("??", "") or line == 0
    return (None if function == "??" else function, None if unknown else file, 0 if unknown else line)


def parse_addr2line(out):
    """GNU addr2line -f -i -a: the address, then pairs of lines."""
    chains, lines = [], []
    for line in out.splitlines() + ["0x"]:
        if line.startswith("0x"):
            if lines:
                chains.append(tuple(frame(a, b) for a, b in zip(lines[1::2], lines[2::2])))
            lines = [line]
        else:
            lines.append(line)
    return chains


def parse_eu(out):
    """elfutils: 'FUNC inlined at FILE:LINE in CALLER', then FUNC's place; the callers follow as pairs again."""
    return parse_addr2line(re.sub(r"(?m)^(\S+) inlined at .*$", r"\1", out))


def parse_llvm(out):
    chains = []
    for block in out.strip("\n").split("\n\n"):
        lines = block.split("\n")
        chains.append(tuple(frame(a, b) for a, b in zip(lines[::2], lines[1::2])))
    return chains


def parse_faddr2line(out):
    """The kernel's script: 'QUERY:', then 'FUNC at FILE:LINE', callers as ' (inlined by) FUNC at FILE:LINE'."""
    chains = []
    for block in re.split(r"\n\s*\n|(?m:^)\S+\+\S+:\n", out):
        frames = []
        for line in block.splitlines():
            m = re.match(r"\s*(?:\(inlined by\) )?(\S+) at (\S+)", line)
            if m:
                frames.append(frame(*m.groups()))
        if frames:
            chains.append(tuple(frames))
    return chains


def parse_gsymutil(out):
    """llvm-gsymutil: 'ADDRESS: FUNC + OFFSET @ FILE:LINE [inlined]', the callers aligned below; or an error."""
    chains = []
    for block in out.strip("\n").split("\n\n"):
        frames = []
        for line in block.split(": ", 1)[-1].split("\n"):
            function, _, place = line.strip().removesuffix(" [inlined]").partition(" @ ")
            function = "??" if function.startswith("error: ") else function.split(" + ")[0]
            frames.append(frame(function, place or "??:0"))
        chains.append(tuple(frames))
    return chains


def agree(a, b):
    """Whether functions, files and lines are the same. Ignores differences of style: symbol suffixes (.cold, .isra.0),
    the printed part of the path, and whether the outermost function of assembly has its symbol's name."""
    if len(a) != len(b):
        return False
    for i, ((f, file, line), (g, other, number)) in enumerate(zip(a, b)):
        outermost = i == len(a) - 1
        if f and g and f.split(".")[0] != g.split(".")[0] or bool(f) != bool(g) and not outermost:
            return False
        if line != number or bool(file) != bool(other) or file and not same_path(file, other):
            return False
    return True


def same_path(a, b):
    short, long = sorted((a.removeprefix("./"), b.removeprefix("./")), key=len)
    return long == short or long.endswith("/" + short)


def show(chain):
    return " < ".join(f"{f or '??'} {file or '??'}:{line}" for f, file, line in chain)
