"""Creates captures of RST probes from a recording of the lab (fixtures/captures/lab-*)."""

import re

FIELD = re.compile(r" (wall|mono|id|src|dst|seq|ack)=(\S+)")


class Recorded:
    """An event of the recording: the pieces of its line between the values that differ, and its stack."""

    def __init__(self, line, stack):
        self.keys, self.values, self.pieces = [], [], []
        at = 0
        for m in FIELD.finditer(line):
            if m[2] != "-":
                self.keys.append(m[1])
                self.values.append(m[2])
                self.pieces.append(line[at : m.start(2)])
                at = m.end(2)
        self.end = line[at:] + stack
        # The peer's end is the one whose port has no listener.
        ports = {key: int(value.rsplit(":", 1)[1]) for key, value in zip(self.keys, self.values) if key in ("src", "dst")}
        self.peer = max(ports, key=ports.get, default=None)

    def another(self, chance, number, seconds, wall, mono):
        """The event's text with another time and connection."""
        text = []
        for piece, key, value in zip(self.pieces, self.keys, self.values):
            if key == "wall":
                value = seconds_after(wall, seconds)
            elif key == "mono":
                value = seconds_after(mono, seconds)
            elif key == "id":
                value = value.split(".")[0] + f".{number}"
            elif key == self.peer:
                value = self.other_peer(chance, value)
            elif key in ("seq", "ack") and value != "0":
                value = str(chance.randrange(1 << 32))
            text += [piece, value]
        text.append(self.end)
        return "".join(text)

    @staticmethod
    def other_peer(chance, value):
        """Another address of the same network (RFC 5737, RFC 3849), and another ephemeral port."""
        address = value.rsplit(":", 1)[0]
        drawn = chance.getrandbits(24)
        if address.endswith("]"):
            address = address[: address.rindex(":") + 1] + f"{drawn & 0xff:04x}]"
        else:
            address = address[: address.rindex(".") + 1] + str(1 + drawn % 254)
        return f"{address}:{32768 + (drawn >> 8) % 28232}"


def seconds_after(start, nanos):
    total = start + nanos
    return f"{total // 10**9}.{total % 10**9:09d}"


def nanos(text):
    whole, _, fraction = text.partition(".")
    return int(whole) * 10**9 + int(fraction.ljust(9, "0"))


def read(path):
    """The recording's header, its events, and the clocks at its start."""
    header, events = [], []
    with open(path, encoding="utf-8", newline="") as file:
        for line in file:
            if line.startswith("rst "):
                events.append([line])
            elif line[0] in " \t" and events:
                events[-1].append(line)
            elif line.startswith("# ") and not events:
                header.append(line)
    clock = next(line for line in header if line.startswith("# backline clock "))
    wall, mono = (nanos(re.search(rf" {key}=(\S+)", clock)[1]) for key in ("wall", "mono"))
    return header, [Recorded(lines[0], "".join(lines[1:])) for lines in events], wall, mono
