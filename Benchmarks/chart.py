"""Draws what questions cost against the size of the data: one small panel a question."""
import json
import math
import os
import re

from catalogue import QUESTIONS
from report import TOOLS

# Of middle lightness, so that they stand out on white and on black.
COLOURS = {"Waymark": "#14906a", "DuckDB": "#d08a1a", "chDB": "#c8475c", "Polars": "#5b7fc7"}
ACROSS, WIDTH, HEIGHT = 5, 190, 170
LEFT, TOP, BETWEEN = 46, 84, 46
STYLE = """
text { font: 11px system-ui, sans-serif; fill: #333 }
.title { font-size: 16px; font-weight: 600 } .panel { font-weight: 600 } .quiet { fill: #767676 }
.grid { stroke: #e4e4e4 } .target { stroke: #767676; stroke-dasharray: 3 3 }
polyline { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  .paper { fill: #16191d } text { fill: #ddd } .quiet { fill: #9a9a9a } .grid { stroke: #33383e }
}"""


def draw_all(folder):
    """Draws all sizes that have been measured so far."""
    results = []
    for name in os.listdir(folder):
        if re.fullmatch(r"results_\d+\.json", name):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                results.append(json.load(file))
    results = sorted((found for found in results if found.get("questions")),
                     key=lambda found: found["events"])
    if results:
        with open(os.path.join(folder, "cost.svg"), "w", encoding="utf-8") as out:
            out.write(drawing(results))


def short(events):
    return f"{events / 1e6:g} M" if events >= 1e6 else f"{events / 1e3:g} k"


def drawing(results):
    sizes = [found["events"] for found in results]
    costs = [cost["ns_per_event"] for found in results for told in found["questions"].values()
             for cost in told["tools"].values()]
    # Whole powers of ten around all costs; a size alone stands in the middle.
    low = math.floor(math.log10(max(min(costs), 1e-3)))
    high = max(low + 1, math.ceil(math.log10(max(costs))))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def across(size):
        share = (math.log10(size) - first) / (last - first) if last > first else 0.5
        return 14 + share * (WIDTH - 28)

    def down(cost):
        return HEIGHT * (1 - (math.log10(max(cost, 10**low)) - low) / (high - low))

    names = [name for name in QUESTIONS if any(name in found["questions"] for found in results)]
    lines = math.ceil(len(names) / ACROSS)
    whole = (LEFT + ACROSS * (WIDTH + BETWEEN), TOP + lines * (HEIGHT + 70))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole[0]} {whole[1]}"'
        f' width="{whole[0]}" height="{whole[1]}" role="img" aria-labelledby="title">',
        "<title id=\"title\">CPU nanoseconds per stored event against the number of events</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{whole[0]}" height="{whole[1]}" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="26">CPU nanoseconds per stored event, by number of'
        " events</text>", legend()]
    for place, name in enumerate(names):
        x = LEFT + place % ACROSS * (WIDTH + BETWEEN)
        y = TOP + place // ACROSS * (HEIGHT + 70)
        parts.append(f'<g transform="translate({x} {y})">')
        parts += panel(name, results, sizes, range(low, high + 1), across, down)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>\n"])


def legend():
    entries, x = [], LEFT
    for tool in TOOLS:
        entries.append(
            f'<circle cx="{x + 5}" cy="46" r="4" fill="{COLOURS[tool]}"/>'
            f'<text x="{x + 14}" y="50">{tool}</text>')
        x += 90
    entries.append(f'<line class="target" x1="{x}" x2="{x + 24}" y1="46" y2="46"/>'
                   f'<text x="{x + 30}" y="50">Waymark\'s target</text>')
    return "".join(entries)


def panel(name, results, sizes, powers, across, down):
    yield f'<text class="panel" x="0" y="-10">{name} {QUESTIONS[name].title}</text>'
    for power in powers:
        y = down(10**power)
        yield f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield (f'<text class="quiet" x="-6" y="{y + 4:.1f}" text-anchor="end">'
               f"{10.0**power:g}</text>")
    for size in sizes:
        yield (f'<text class="quiet" x="{across(size):.1f}" y="{HEIGHT + 18}"'
               f' text-anchor="middle">{short(size)}</text>')
    y = down(QUESTIONS[name].target)
    yield f'<line class="target" x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
    for tool in TOOLS:
        points = [(across(found["events"]), down(cost["ns_per_event"]), cost["ns_per_event"])
                  for found in results
                  if (cost := found["questions"].get(name, {}).get("tools", {}).get(tool))]
        if not points:
            continue
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        yield f'<polyline points="{joined}" stroke="{COLOURS[tool]}"/>'
        for x, y, cost in points:
            yield (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[tool]}">'
                   f"<title>{tool}: {cost:.2f} ns</title></circle>")
