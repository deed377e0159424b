"""The symbolisers: which are installed, how to query each, and how to parse its answers."""

import collections
import functools
import os
import sys

from harness import answers
from harness.machine import BACKLINE, OWN_JAVA, llvm, on_path, output

DWARF, GSYM = "DWARF", "GSYM"


class Task:
    """Addresses to query. Return addresses are queried at the byte before, which is in the call; exact ones unchanged.

    form: DWARF or GSYM; places: the addresses as FUNC+OFFSET/SIZE, for commands that take these; path: the file that
    backline reads, None for the file of the benchmark; plain: the file that peers read, which is the same file unless
    it is packed as a whole or backline has a side index; later: whether backline has a side index of the file; alone: a
    name and the words of a command that only unpacks what the task needs, or None.
    """

    def __init__(
        self, name, title, addresses, places=None, returns=False, form=DWARF, path=None, plain=None, later=False, alone=None
    ):
        self.name, self.title, self.exact, self.places, self.form = name, title, addresses, places, form
        self.addresses = [a - 1 for a in addresses] if returns else addresses
        self.path, self.plain, self.later, self.alone = path, plain or path, later, alone

    def asked_by(self, tool):
        return self.addresses if tool.before else self.exact


class Tool:
    """A symboliser of one form of debug information.

    ask: takes a task and addresses, and returns the command and its standard input, or None if the tool has no such
    mode; parse: converts the output to chains in the order of the addresses, None if answers are not compared;
    before: whether to query the byte before a return address (tools that take FUNC+OFFSET do this themselves);
    most: the maximum number of addresses.
    """

    def __init__(self, name, form, ask, parse, most=None, before=True, java=OWN_JAVA):
        self.name, self.form, self.ask, self.parse = name, form, ask, parse
        self.most, self.before, self.java = most, before, java

    def label(self, task_form):
        """The name of its row in a table of this form."""
        name = self.name + (f", {self.java.label}" if self.java.label else "")
        return name if self.form == task_form else f"{name} ({self.form})"


def addresses_of(*command, on_command_line=10):
    """Passes few addresses as arguments, more on standard input."""

    def ask(_, addresses):
        words = [f"{a:#x}" for a in addresses]
        if len(words) <= on_command_line:
            return [*command, *words], ""
        return list(command), "".join(w + "\n" for w in words)

    return ask


def queries_of(*command):
    return lambda task, _: ([*command, *task.places], "") if task.places else None


def backline(path, form, java):
    """backline's commands for a file."""
    tools = [
        Tool("backline symbolize", form, queries_of(BACKLINE, "symbolize", "-e", path), answers.parse_faddr2line),
        Tool(
            "backline faddr2line",
            form,
            queries_of(BACKLINE, "faddr2line", path),
            answers.parse_faddr2line,
            before=False,
        ),
        Tool(
            "backline addr2line",
            form,
            addresses_of(BACKLINE, "addr2line", "-e", path, "-f", "-i", "-a"),
            answers.parse_addr2line,
        ),
    ]
    if form == GSYM:  # faddr2line is the kernel script's replacement, and takes ELF files as that does
        del tools[1]
    for tool in tools:
        tool.java = java
    return tools


def judge(path):
    """The tool whose answers are the reference; None if there is none.

    llvm-symbolizer and gimli's program agree on 100,000 of 100,000 addresses of a vmlinux.
    """
    peers = of_dwarf(path)
    first = [t for prefix in ("llvm-symbolizer", "gimli", "GNU") for t in peers if t.name.startswith(prefix)]
    return first[0] if first else None


@functools.lru_cache(maxsize=None)
def of_dwarf(path, faddr2line=()):
    """The installed peers that read DWARF."""
    found = []
    program = llvm("llvm-symbolizer")
    if program:
        options = "--functions=short --inlines --no-demangle --no-debuginfod --output-style=LLVM".split()
        ask = addresses_of(program, "--obj=" + path, *options)
        found.append(Tool(os.path.basename(program), DWARF, ask, answers.parse_llvm))
    for program in on_path("addr2line"):
        # The example program of the Rust crate addr2line, on gimli, has the same name and options.
        name, most = ("GNU addr2line", 100000) if "GNU" in output(program, "--version") else ("gimli addr2line", None)
        ask = addresses_of(program, "-e", path, "-f", "-i", "-a")
        found.append(Tool(name, DWARF, ask, answers.parse_addr2line, most))
    for program in on_path("eu-addr2line"):
        # 298 s of CPU for 100,000 addresses
        ask = addresses_of(program, "-e", path, "-f", "-i", "-a")
        found.append(Tool("eu-addr2line", DWARF, ask, answers.parse_eu, most=2000))
    for program in on_path("blazecli"):
        found.append(Tool("blazecli", DWARF, blazecli(program, "elf", path), None))
    for program in faddr2line:
        ask = queries_of(program, path)
        found.append(Tool("scripts/faddr2line", DWARF, ask, answers.parse_faddr2line, before=False))
    return found


def of_gsym(path):
    """The installed peers that read GSYM."""
    found = []
    program = llvm("llvm-gsymutil")
    if program:

        def ask(_, addresses):
            return [program, "--addresses-from-stdin"], "".join(f"{a:#x} {path}\n" for a in addresses)

        found.append(Tool(os.path.basename(program), GSYM, ask, answers.parse_gsymutil))
    for program in on_path("blazecli"):
        found.append(Tool("blazecli", GSYM, blazecli(program, "gsym", path), None))
    return found


def blazecli(program, kind, path):
    return addresses_of(program, "symbolize", kind, "--path", path, on_command_line=sys.maxsize)


# A command that writes a GSYM file from an ELF file: command(target) returns its arguments.
Indexer = collections.namedtuple("Indexer", "name command java")


def indexers(path, javas):
    found = [Indexer("backline index", lambda to: [BACKLINE, "index", path, "-o", to], java) for java in javas]
    program = llvm("llvm-gsymutil")
    if program:
        words = [program, "--convert=" + path, "--quiet", f"--num-threads={os.cpu_count()}"]
        found.append(Indexer(os.path.basename(program), lambda to: [*words, "--out-file=" + to], OWN_JAVA))
    return found
