"""This machine: the checkout of backline, kernels, Java, programs in the PATH."""

import collections
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BACKLINE = os.path.join(ROOT, "backline")

# label: the name in tables, "" for the launcher's choice; home: None for the launcher's choice.
Java = collections.namedtuple("Java", "label home")
OWN_JAVA = Java("", None)


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def cache_folder(*below):
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "backline", *below)


def kernel_folder(name):
    """The directory where fixtures/kernels/fetch stores a kernel."""
    return os.path.join(os.environ.get("BACKLINE_KERNELS") or cache_folder("kernels"), name)


def find_elf(name):
    """The path of a file, or of a downloaded kernel's vmlinux."""
    if os.sep in name or os.path.isfile(name):
        return os.path.abspath(name)
    path = os.path.join(kernel_folder(name), "vmlinux")
    if not os.path.isfile(path):
        fail(f"{path} not found; run fixtures/kernels/fetch {name}")
    return path


def find_java(wanted):
    """A JDK by its home directory, or by its major version in /usr/lib/jvm; None if there is none."""
    homes = [wanted] if os.sep in wanted else sorted(glob.glob("/usr/lib/jvm/*"))
    for home in homes:
        try:
            with open(os.path.join(home, "release"), encoding="utf-8") as file:
                m = re.search(r'(?m)^JAVA_VERSION="(\d+)', file.read())
        except OSError:
            continue
        if m and (os.sep in wanted or m.group(1) == wanted):
            return Java("JDK " + m.group(1), os.path.abspath(home))
    return None


def find_javas(wanted):
    """The JDKs of a list like "17,25,/opt/jdk" that exist; prints the missing ones."""
    found = []
    for each in filter(None, wanted.split(",")):
        java = find_java(each)
        if java:
            found.append(java)
        else:
            print(f"Java {each}: not found, skipped")
    return found


def on_path(pattern):
    """Programs with this name, without duplicates, in the order of the PATH."""
    found = {}
    for folder in os.get_exec_path():
        try:
            names = sorted(os.listdir(folder or "."))
        except OSError:
            continue
        for name in names:
            program = os.path.join(folder, name)
            if re.fullmatch(pattern, name) and os.access(program, os.X_OK):
                found.setdefault(os.path.realpath(program), program)
    return list(found.values())


def llvm(tool):
    """LLVM's program with this name in the highest version; None if there is none."""
    versions = sorted(on_path(tool + r"-(\d+)"), key=lambda p: int(p.rsplit("-", 1)[1]))
    return (versions[-1:] or on_path(tool) or [None])[-1]


def output(*command, env=None):
    """The output of a command on stdout and stderr."""
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=env
    ).stdout


# Measurements are of the files, not of indexes in the cache that an earlier run left.
os.environ["BACKLINE_NO_CACHE"] = "1"


def environment(java, cache=None):
    """The environment of backline: its Java, and the folder of its side indexes; without a folder, it uses none."""
    variables = dict(os.environ)
    if cache:
        del variables["BACKLINE_NO_CACHE"]
        variables["XDG_CACHE_HOME"] = cache
    return {**variables, "JAVA_HOME": java.home} if java.home else variables


def build_backline(javas=(OWN_JAVA,)):
    """Builds backline if needed, before the measurements. Returns the version lines of backline and of each Java."""
    said = [output(BACKLINE, "--version")] + [output(BACKLINE, "--version", env=environment(j)) for j in javas]
    lines = [line for text in said for line in text.splitlines() if re.match(r"backline \d|Java ", line)]
    if not lines:
        fail("./backline failed: " + said[0].strip())
    return list(dict.fromkeys(lines))


def describe(elf):
    """A line about the file and the machine, for the head of tables."""
    name = os.path.join(*elf.path.split(os.sep)[-2:])
    size = os.path.getsize(elf.path) / 1e6
    return f"{name}: {size:.0f} MB, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"


def progress(what):
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + what)
        sys.stderr.flush()
