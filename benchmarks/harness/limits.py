"""backline's limits: for benchmarks/peers --check and the table of docs/performance.md."""

import collections

# java: the Java of the limit (None: each). most: a multiple of the peer's figure in the same run; without a peer,
# seconds or MB.
Limit = collections.namedtuple("Limit", "task tool java figure most of")
LIMITS = [
    Limit("one", "backline symbolize", "JDK 25", "wall_s", 0.6, "llvm-symbolizer"),
    Limit("one", "backline symbolize", "JDK 17", "wall_s", 0.20, None),
    Limit("one", "backline symbolize", None, "rss_mb", 90, None),
    Limit("one-later", "backline symbolize", "JDK 25", "wall_s", 0.5, "llvm-symbolizer"),
    Limit("one-later", "backline symbolize", "JDK 17", "wall_s", 0.75, "llvm-symbolizer"),
    Limit("gsym-one", "backline symbolize", "JDK 25", "wall_s", 0.08, None),
    Limit("100000", "backline addr2line", None, "wall_s", 0.2, "llvm-symbolizer"),
    Limit("100000", "backline addr2line", None, "cpu_s", 0.33, "llvm-symbolizer"),
    Limit("100000", "backline addr2line", None, "cpu_s", 0.6, "gimli"),
    Limit("100000", "backline addr2line", None, "rss_mb", 400, None),
    Limit("gsym-100000", "backline addr2line", None, "wall_s", 0.09, "llvm-symbolizer"),
    Limit("index", "backline index", None, "wall_s", 1.0, "llvm-gsymutil"),
    Limit("index", "backline index", None, "rss_mb", 500, None),
    Limit("index", "backline index", None, "size_mb", 1.1, "llvm-gsymutil"),
    Limit("zlib", "backline symbolize", None, "cpu_s", 0.5, "llvm-symbolizer"),
    Limit("zlib", "backline symbolize", None, "rss_mb", 120, None),
    Limit("zlib-later", "backline symbolize", "JDK 25", "wall_s", 0.5, "llvm-symbolizer"),
    Limit("zlib-later", "backline symbolize", "JDK 17", "wall_s", 0.75, "llvm-symbolizer"),
    Limit("zstd", "backline symbolize", None, "cpu_s", 1.0, "llvm-symbolizer"),
    Limit("zstd", "backline symbolize", None, "rss_mb", 120, None),
    Limit("zstd-later", "backline symbolize", "JDK 25", "wall_s", 0.5, "llvm-symbolizer"),
    Limit("zstd-later", "backline symbolize", "JDK 17", "wall_s", 0.75, "llvm-symbolizer"),
    Limit("nf_conntrack", "backline addr2line", None, "cpu_s", 2.0, "GNU addr2line"),
    Limit("nf_conntrack-later", "backline addr2line", None, "cpu_s", 1.5, "GNU addr2line"),
    Limit("xfs", "backline addr2line", None, "cpu_s", 1.0, "GNU addr2line"),
    Limit("xfs-later", "backline addr2line", None, "cpu_s", 0.5, "GNU addr2line"),
    Limit("xfs.ko.xz", "backline symbolize", None, "cpu_s", 0.6, None),
    Limit("xfs.ko.xz-later", "backline symbolize", None, "cpu_s", 0.06, None),
    Limit("unknown", "backline symbolize", None, "cpu_s", 0.01, None),
]
NAMES = {"wall_s": "wall time", "cpu_s": "CPU time", "rss_mb": "resident", "size_mb": "size of the file"}
TASKS = {
    "one": "one query from DWARF",
    "gsym-one": "one query from GSYM",
    "100000": "100,000 addresses from DWARF",
    "gsym-100000": "100,000 addresses from GSYM",
    "index": "GSYM of the whole file",
    "one-later": "one query from DWARF, later",
    "zlib": "one query, sections packed with zlib",
    "zlib-later": "one query, zlib, later",
    "zstd": "one query, sections packed with zstd",
    "zstd-later": "one query, zstd, later",
    "nf_conntrack": "2,000 addresses of nf_conntrack.ko",
    "nf_conntrack-later": "2,000 addresses of nf_conntrack.ko, later",
    "xfs": "5,000 addresses of xfs.ko",
    "xfs-later": "5,000 addresses of xfs.ko, later",
    "xfs.ko.xz": "one query in xfs.ko.xz",
    "xfs.ko.xz-later": "one query in xfs.ko.xz, later",
    "unknown": "added by one unknown function",
}

# row: backline's record; taken: in the limit's unit, None if a figure is missing.
Held = collections.namedtuple("Held", "limit row taken unit held")


def hold(records):
    """Each limit with the row of each of its Javas, without limits of tasks and Javas that did not run."""
    for limit in LIMITS:
        mine = [r for r in records if r["task"] == limit.task]
        peer = next((r for r in mine if limit.of and r["tool"].startswith(limit.of)), None)
        if limit.of and peer is None and limit.of == "gimli":
            continue  # few machines have it
        unit = "× " + limit.of if limit.of else "s" if limit.figure.endswith("_s") else "MB"
        for row in mine:
            if row["tool"] != limit.tool or limit.java not in (None, row["java"]):
                continue
            taken = row[limit.figure]
            if limit.of and taken is not None:
                taken = taken / peer[limit.figure] if peer and peer[limit.figure] else None
            yield Held(limit, row, taken, unit, taken is not None and taken <= limit.most)


def table(records):
    """Head and body of a table of them."""
    head = ["task", "Java", "figure", "limit", "measured", "met"]
    body = []
    for held in hold(records):
        limit, row = held.limit, held.row
        taken = "–" if held.taken is None else f"{held.taken:.3g} {held.unit.split()[0]}"
        most = f"{limit.most:g} {held.unit}"
        java = row["java"] or "own"
        body.append([TASKS[limit.task], java, NAMES[limit.figure], most, taken, "yes" if held.held else "NO"])
    return head, body


def broken(records):
    """One line for each exceeded limit and each answer that differs from the judge's."""
    for held in hold(records):
        limit = held.limit
        if not held.held:
            taken = "no figure" if held.taken is None else f"{held.taken:.3g} {held.unit}"
            java = held.row["java"]
            name = limit.tool + (f", {java}" if java else "")
            yield f"{limit.task}: {name}: {NAMES[limit.figure]}: {taken}, the limit is {limit.most:g} {held.unit}"
    for row in records:
        if row["tool"].startswith("backline") and row["differ"] not in ("0", ""):
            yield f"{row['task']}: {row['tool']} differs in {row['differ']} answers"
