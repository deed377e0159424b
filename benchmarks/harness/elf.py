"""Reads the parts of an ELF file that are needed to draw random addresses."""

import collections
import random
import re
import struct

from harness.machine import fail

SEED = 20260601

Section = collections.namedtuple("Section", "name type flags address offset size link entry_size")
Function = collections.namedtuple("Function", "name address size section")


class Elf:
    """Sections and functions of an ELF file, as far as needed to draw addresses.

    In a relocatable file (a module), an address is an offset in .text, as for addr2line. Offsets that other code sections
    have too are left out, because llvm-symbolizer mistakes one section for another there.
    """

    EM = {3: "x86", 62: "x86", 183: "aarch64", 22: "s390"}

    def __init__(self, path, relocatable=False):
        self.path = path
        self.file = open(path, "rb")
        ident = self.file.read(64)
        if ident[:4] != b"\x7fELF":
            fail(f"{path}: not an ELF file")
        self.is64 = ident[4] == 2
        self.order = ">" if ident[5] == 2 else "<"
        kind, machine = self.unpack("HH", ident[16:20])
        if kind == 1 and not relocatable:
            fail(f"{path}: a relocatable file has no addresses to query; link it first")
        self.machine = self.EM.get(machine)
        self.sections = self.read_sections(ident)
        self.code = [s for s in self.sections if s.flags & 4 and s.type == 1 and s.size]
        # The bytes at the start of the code that are left out.
        self.skipped = 0
        self.is_relocatable = kind == 1
        if self.is_relocatable:
            self.skipped = max((s.size for s in self.code if s.name != ".text"), default=0)
            self.code = [s for s in self.code if s.name == ".text" and s.size > self.skipped]
        self.functions = self.read_functions()

    def unpack(self, layout, data):
        return struct.unpack(self.order + layout, data)

    def read(self, offset, size):
        self.file.seek(offset)
        return self.file.read(size)

    def read_sections(self, ident):
        if self.is64:
            (offset,) = self.unpack("Q", ident[40:48])
            entry_size, count, names = self.unpack("HHH", ident[58:64])
            layout, order = "IIQQQQIIQQ", (0, 1, 2, 3, 4, 5, 6, 9)
        else:
            (offset,) = self.unpack("I", ident[32:36])
            entry_size, count, names = self.unpack("HHH", ident[46:52])
            layout, order = "IIIIIIIIII", (0, 1, 2, 3, 4, 5, 6, 9)
        table = self.read(offset, entry_size * count)
        rows = [self.unpack(layout, table[i * entry_size :][: struct.calcsize("=" + layout)]) for i in range(count)]
        strings = self.read(rows[names][4], rows[names][5])
        return [Section(text(strings, row[0]), *(row[k] for k in order[1:])) for row in rows]

    def read_functions(self):
        """The functions in code, with sizes as in stack traces: to the section's next symbol, else to its end."""
        symtab = next((s for s in self.sections if s.type == 2), None)
        if symtab is None:
            fail(f"{self.path}: no symbol table (.symtab)")
        strings = self.read(self.sections[symtab.link].offset, self.sections[symtab.link].size)
        layout = self.order + ("IBBHQQ" if self.is64 else "IIIBBH")
        found = []
        starts = collections.defaultdict(set)
        self.names = set()
        for row in struct.iter_unpack(layout, self.read(symtab.offset, symtab.size)):
            name, info, _, section, value, size = row if self.is64 else (row[0], row[3], 0, row[5], row[1], row[2])
            if not 0 < section < len(self.sections):
                continue
            label = text(strings, name)
            self.names.add(label)
            if not label.startswith((".L", "L0", "$")):
                starts[section].add(value)
            if info & 15 == 2 and size and self.sections[section] in self.code:
                found.append((label, value, size, section))
        ordered = {section: sorted(values) for section, values in starts.items()}
        nexts = {
            section: dict(zip(values, values[1:] + [self.sections[section].address + self.sections[section].size]))
            for section, values in ordered.items()
        }
        return sorted(
            (Function(name, value, nexts[section][value] - value, section) for name, value, _, section in found),
            key=lambda f: (f.address, f.name),
        )

    def section_size(self, name):
        """The uncompressed size of a section in bytes; 0 if it is missing."""
        section = next((s for s in self.sections if s.name == name), None)
        if section is None:
            return 0
        if section.flags & 0x800:  # SHF_COMPRESSED: ch_size says it (gABI ch. 4)
            return (
                self.unpack("Q", self.read(section.offset + 8, 8))[0]
                if self.is64
                else (self.unpack("I", self.read(section.offset + 4, 4))[0])
            )
        return section.size

    def unit_end(self, address):
        """The end in .debug_info of the unit that .debug_aranges names for an address, in bytes; None if it names none."""
        sections = {s.name: s for s in self.sections}
        if not self.is64 or not {".debug_aranges", ".debug_info"} <= sections.keys():
            return None
        aranges = sections[".debug_aranges"]
        data = self.read(aranges.offset, aranges.size)
        at = 0
        while at < len(data):
            length, _, unit = self.unpack("IHI", data[at : at + 10])
            for start, size in struct.iter_unpack(self.order + "QQ", data[at + 16 : at + 4 + length]):
                if start <= address < start + size:
                    return unit + 4 + self.unpack("I", self.read(sections[".debug_info"].offset + unit, 4))[0]
            at += 4 + length
        return None

    def random_addresses(self, count, seed=SEED):
        """Random addresses in all code; with one seed, a smaller number gives the first of a larger number."""
        rng = random.Random(seed)
        total = sum(s.size for s in self.code) - self.skipped
        drawn = []
        for _ in range(count):
            at = rng.randrange(total) + self.skipped
            for section in self.code:
                if at < section.size:
                    drawn.append(section.address + at)
                    break
                at -= section.size
        return drawn

    def unique_functions(self):
        """Functions with a unique name and a unique start address."""
        names = collections.Counter(f.name for f in self.functions)
        addresses = collections.Counter(f.address for f in self.functions)
        return [f for f in self.functions if names[f.name] == 1 and addresses[f.address] == 1]

    def return_addresses(self, functions):
        """The return addresses of the direct calls in the functions."""
        starts = {f.address for f in self.functions}
        for f in functions:
            section = self.sections[f.section]
            code = self.read(section.offset + f.address - section.address, f.size)
            for place, length, target in self.calls(code, f.address):
                if target in starts and f.address < place + length < f.address + f.size:
                    yield place + length

    def calls(self, code, address):
        if self.machine == "x86":  # e8 and a 32-bit distance
            for m in re.finditer(b"\xe8(?=(....))", code, re.DOTALL):
                (distance,) = self.unpack("i", m.group(1))
                yield address + m.start(), 5, address + m.start() + 5 + distance
        elif self.machine == "aarch64":  # BL: 100101 and a distance in words
            for i, (word,) in enumerate(struct.iter_unpack("<I", code[: len(code) & ~3])):
                if word >> 26 == 0b100101:
                    distance = (word & 0x3FFFFFF) - ((word & 0x2000000) << 1)
                    yield address + 4 * i, 4, address + 4 * i + 4 * distance
        elif self.machine == "s390":  # BRASL %r14 and a distance in half-words
            for m in re.finditer(b"\xc0\xe5(?=(....))", code, re.DOTALL):
                (distance,) = self.unpack("i", m.group(1))
                yield address + m.start(), 6, address + m.start() + 2 * distance


def text(strings, offset):
    return strings[offset : strings.index(b"\0", offset)].decode("utf-8", "replace")
