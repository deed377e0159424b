"""Tables for people, for documents and for the charts."""

import datetime
import platform

# The text columns of TSV files; all other columns are figures.
TEXT = {"kernel", "task", "tool", "java", "form", "differ"}


def show(title, head, body, markdown=False, notes=()):
    """Prints a table, aligned or as Markdown. The first column is text, the others are figures."""
    if markdown:
        print(f"### {title}\n")
        print("| " + " | ".join(head) + " |\n|---" + "|--:" * (len(head) - 1) + "|")
        for cells in body:
            print("| " + " | ".join(cells) + " |")
    else:
        print(title)
        widths = [max(len(row[i]) for row in [head, *body]) for i in range(len(head))]
        for cells in [head, *body]:
            print("  " + "  ".join([cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:]))]))
    if notes:
        print()
    for note in notes:
        print(("- " if markdown else "  ") + note)
    print(flush=True)


def write_tsv(path, heads, columns, rows):
    """Writes records (dicts) after comment lines that describe the measurement."""
    with open(path, "w", encoding="utf-8") as file:
        for line in [f"{datetime.date.today()}, Linux {platform.machine()}", *heads]:
            file.write(f"# {line}\n")
        file.write("\t".join(columns) + "\n")
        for row in rows:
            file.write("\t".join(cell(row.get(c)) for c in columns) + "\n")


def cell(value):
    return "" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def read_tsv(path):
    """The comment lines and the records; figures are numbers, or None if missing."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    heads = [line[2:] for line in lines if line.startswith("# ")]
    columns, *rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return heads, [{c: v if c in TEXT else number(v) for c, v in zip(columns, row)} for row in rows]


def number(text):
    return float(text) if text else None
