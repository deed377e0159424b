"""SVG charts: lines on logarithmic axes, and bars. They follow the reader's light or dark mode; no scripts, no fonts.

A figure consists of panels at given positions. Lines and bars have labels instead of a legend. The colours are those of
the classes below; they also differ in brightness and shape.
"""

import math
from xml.sax.saxutils import escape

# The colours of each class on light and on dark background.
INK = {"text": ("#1f2328", "#e6edf3"), "soft": ("#59636e", "#9198a1"), "grid": ("#d1d9e0", "#3d444d")}
SERIES = {
    "own": ("#0b62d6", "#58a6ff"),
    "own2": ("#0f8a6c", "#3fc79a"),
    "peer": ("#c2410c", "#f0883e"),
    "peer2": ("#8250df", "#bc8cff"),
    "other": ("#8c959f", "#6e7681"),
}
GROUND = ("#ffffff", "#0d1117")
FONT = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"


def style():
    def rules(i):
        yield f".ground{{fill:{GROUND[i]}}}"
        yield f"text{{fill:{INK['text'][i]}}}.soft{{fill:{INK['soft'][i]}}}"
        yield f".grid{{stroke:{INK['grid'][i]}}}"
        for name, colours in SERIES.items():
            yield f".{name}{{stroke:{colours[i]};fill:{colours[i]}}}text.{name}{{stroke:none}}"

    light, dark = "".join(rules(0)), "".join(rules(1))
    return (
        f"text{{font:12px {FONT}}}.title{{font-size:15px;font-weight:600}}.head{{font-weight:600}}"
        "polyline.line{fill:none;stroke-width:2;stroke-linejoin:round}.grid{stroke-width:1}.fine{opacity:.45}"
        f"{light}@media(prefers-color-scheme:dark){{{dark}}}"
    )


class Figure:
    """A picture of a given size in pixels, with a title and a description for screen readers."""

    def __init__(self, width, height, title, description):
        self.width, self.height, self.title, self.description = width, height, title, description
        self.parts = []

    def text(self, x, y, words, kind="", anchor="start", turn=0):
        turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{turned}>{escape(words)}</text>'
        )

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def rect(self, x, y, width, height, kind):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" class="{kind}"/>')

    def path(self, points, kind):
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{places}" class="line {kind}"/>')

    def dot(self, x, y, kind, hollow=False):
        if hollow:
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" class="{kind}"/>')
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" class="ground"/>')
        else:
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{kind}"/>')

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                f'width="{self.width}" height="{self.height}" role="img" aria-labelledby="title description">\n'
                f'<title id="title">{escape(self.title)}</title>\n'
                f'<desc id="description">{escape(self.description)}</desc>\n'
                f"<style>{style()}</style>\n"
                f'<rect width="{self.width}" height="{self.height}" class="ground"/>\n'
            )
            file.write("\n".join(self.parts) + "\n</svg>\n")


class Axis:
    """A logarithmic axis from one value to another, mapped to pixels from start to end."""

    def __init__(self, least, most, start, end):
        self.least, self.most, self.start, self.end = least, most, start, end

    @staticmethod
    def around(values, start, end, steps=(1, 2, 5, 10)):
        """An axis from the step at or below the minimum to the step at or above the maximum."""

        def below(v):
            decade = 10 ** math.floor(math.log10(v) + 1e-9)
            return max(s * decade for s in steps if s * decade <= v * (1 + 1e-9))

        def above(v):
            decade = 10 ** math.floor(math.log10(v) - 1e-9)
            return min(s * decade for s in (*steps, 10 * steps[0]) if s * decade >= v * (1 - 1e-9))

        return Axis(below(min(values)), above(max(values)), start, end)

    def at(self, value):
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        """Values, each with a label or as a fine line. Axes of less than two decades also have labels at 2 and 5."""
        few = self.most / self.least <= 100
        for decade in range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.most)) + 1):
            for step in (1, 2, 5):
                value = step * 10.0**decade
                if self.least * 0.999 <= value <= self.most * 1.001:
                    yield value, step == 1 or few


def lines(figure, box, title, x_title, y_title, series):
    """A panel of lines with two logarithmic axes.

    box: x, y, width, height of the whole panel; series: (label, class, hollow, [(x, y)]), labelled at their ends.
    """
    left, top, width, height = box
    right, bottom = left + width, top + height
    plot_left, plot_right, plot_top, plot_bottom = left + 48, right - 108, top + 42, bottom - 42
    xs = [x for _, _, _, points in series for x, _ in points]
    ys = [y for _, _, _, points in series for _, y in points]
    x_axis = Axis.around(xs, plot_left, plot_right)
    y_axis = Axis.around(ys, plot_bottom, plot_top)
    figure.text(left + 4, top + 14, title, "head")
    figure.text(left + 4, top + 31, y_title, "soft")
    for value, labelled in y_axis.ticks():
        y = y_axis.at(value)
        figure.line(plot_left, y, plot_right, y, "grid" if labelled else "grid fine")
        if labelled:
            figure.text(plot_left - 7, y + 4, quantity(value), "soft", "end")
    for value, labelled in x_axis.ticks():
        if labelled:
            x = x_axis.at(value)
            figure.line(x, plot_bottom, x, plot_top, "grid")
            figure.text(x, plot_bottom + 16, short(value), "soft", "middle")
    figure.text((plot_left + plot_right) / 2, plot_bottom + 34, x_title, "soft", "middle")
    ends = []
    for label, kind, hollow, points in series:
        places = [(x_axis.at(x), y_axis.at(y)) for x, y in sorted(points)]
        figure.path(places, kind)
        for x, y in places:
            figure.dot(x, y, kind, hollow)
        ends.append([places[-1][1] + 4, label, kind])
    for y, label, kind in apart(ends, 15):
        figure.text(plot_right + 9, y, label, kind)


def apart(ends, distance):
    """Moves labels until none overlap, and keeps their order."""
    ends = sorted(ends)
    for _ in range(200):
        moved = False
        for upper, lower in zip(ends, ends[1:]):
            gap = lower[0] - upper[0]
            if gap < distance - 0.01:
                upper[0] -= (distance - gap) / 2
                lower[0] += (distance - gap) / 2
                moved = True
        if not moved:
            break
    return ends


def bars(figure, box, title, unit, rows, label_width, most=None, labels=True):
    """A panel of bars from zero. rows: (label, class, value or None); bars longer than most are cut and marked."""
    left, top, width, _ = box
    start = left + (label_width if labels else 8)
    most = most or max(value for _, _, value in rows if value)
    scale = (left + width - 58 - start) / most
    figure.text(start, top + 14, f"{title}, {unit}", "head")
    y = top + 24
    for label, kind, value in rows:
        if labels:
            figure.text(start - 8, y + 13, label, "", "end")
        if value is None:
            figure.text(start + 4, y + 13, "–", "soft")
        else:
            cut = value > most * 1.001
            length = max(min(value, most) * scale, 1)
            figure.rect(start, y + 2, length, 15, kind)
            if cut:  # two gaps say that the bar goes on
                for gap in (14, 8):
                    figure.rect(start + length - gap, y + 1, 2.5, 17, "ground")
            figure.text(start + length + 6, y + 13, quantity(value, exact=True), "")
        y += 22
    figure.line(start, top + 22, start, y + 2, "grid")


def quantity(value, exact=False):
    """10,000; 0.05; measured values with three significant digits."""
    if exact:
        return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f}"
    return f"{value:,.10f}".rstrip("0").rstrip(".")


def short(value):
    """1, 10, 100, 1k, 10k, 100k, 1M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
