"""What was found, as tables in Markdown that are readable as they stand."""
import os
import platform

from catalogue import QUESTIONS

TOOLS = ["Waymark", "DuckDB", "chDB", "Polars"]
IMPORT_TARGET = 3
TOGETHER_TARGET = 0.5
# More than this, and others than the measured took part in the wall times.
QUIET = 0.15


def line(name, tools):
    """One question in one line, while the rest is still being measured."""
    costs = ", ".join(f"{tool} {cost['ns_per_event']:.2f}" for tool, cost in tools.items())
    return f"{name:<4}{QUESTIONS[name].title:<29}{costs} ns an event"


def table(heads, rows):
    """Columns are as wide as their widest cell; all but the first two hold figures."""
    widths = [max(len(str(row[column])) for row in [heads, *rows]) for column in range(len(heads))]

    def written(row):
        cells = [f"{cell:<{width}}" if column < 1 else f"{cell:>{width}}"
                 for column, (cell, width) in enumerate(zip(map(str, row), widths))]
        return "| " + " | ".join(cells) + " |"

    rule = "|" + "|".join(
        "-" * (width + 2) if column < 1 else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)) + "|"
    return "\n".join([written(heads), rule, *map(written, rows)]) + "\n"


def verdict(value, limit, below=True):
    met = value <= limit if below else value >= limit
    return "met" if met else "MISSED"


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as facts:
            names = [fact.split(":")[1].strip() for fact in facts if fact.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.machine()


def markdown(result):
    events = result["events"]
    versions = ", ".join(f"{tool} {version}" for tool, version in result["versions"].items())
    parts = [
        f"# {events:,} events\n\n{versions}. {os.cpu_count()} cores ({processor()}), of which"
        f" {result['threads']} used. Medians of {result['runs']} alternating runs. Other processes"
        f" kept {result['others']:.2f} cores busy meanwhile"
        + (".\n" if result["others"] < QUIET
           else ": THE MACHINE WAS NOT QUIET, do not quote wall times.\n")]
    if "imports" in result:
        parts.append(imports(result["imports"], events))
    if result.get("questions"):
        parts += questions(result["questions"])
    parts += [rest for rest in [measured_map(result), together(result)] if rest]
    return "\n".join(parts)


def imports(found, events):
    rows = []
    for form, tools in found.items():
        for tool, cost in tools.items():
            ratio = cost["wall_ms"] / tools["Waymark"]["wall_ms"]
            rows.append((f"{form}, {tool}", f"{cost['wall_ms'] / 1e3:.2f}",
                         f"{cost['cpu_ms'] / 1e3:.2f}", f"{events / cost['wall_ms'] / 1e3:.2f}",
                         f"{cost['memory_mb']:.0f}",
                         "" if tool == "Waymark" else
                         f"{ratio:.2f} (target {IMPORT_TARGET}:"
                         f" {verdict(ratio, IMPORT_TARGET, below=False)})"))
    return "## Import\n\n" + table(
        ["", "wall s", "CPU s", "M events/s", "peak MB", "times Waymark's wall"], rows)


def questions(found):
    tools = [tool for tool in TOOLS if any(tool in told["tools"] for told in found.values())]
    peers = [tool for tool in tools if tool != "Waymark"]
    costs, walls, memory = [], [], []
    for name, told in found.items():
        title, of = f"{name} {QUESTIONS[name].title}", told["tools"]
        own = of.get("Waymark")
        row = [title, f"{QUESTIONS[name].target:g}"]
        if "Waymark" in tools:
            row += [f"{own['ns_per_event']:.2f}" if own else "-",
                    verdict(own["ns_per_event"], QUESTIONS[name].target) if own else "-"]
        for peer in peers:
            row += [f"{of[peer]['ns_per_event']:.1f}",
                    f"{of[peer]['cpu_ms'] / own['cpu_ms']:.1f}x" if own else "-"]
        costs.append(row)
        walls.append([title, *(f"{of[tool]['wall_ms']:.1f}" if tool in of else "-"
                               for tool in tools),
                      f"{told['process_ms']:.0f}" if "process_ms" in told else "-"])
        memory.append([title, *(f"{of[tool]['memory_mb']:.0f}" if tool in of else "-"
                                for tool in tools)])
    heads = ["question", "target"] + (["Waymark", ""] if "Waymark" in tools else [])
    for peer in peers:
        heads += [peer, "ratio"]
    return [
        "## Nanoseconds of CPU per stored event\n\n" + table(heads, costs),
        "## Milliseconds of wall time (first: a new process of Waymark, from start to end)\n\n"
        + table(["question", *tools, "first"], walls),
        "## Resident memory, MB at most\n\n" + table(["question", *tools], memory)]


def measured_map(result):
    if "map" not in result:
        return ""
    cost = result["map"]
    return ("## The whole measured map of a journey of five steps\n\n"
            f"{cost['wall_ms']:.1f} ms wall, {cost['cpu_ms']:.1f} ms CPU,"
            f" {cost['ns_per_event']:.2f} ns CPU an event, {cost['memory_mb']:.0f} MB\n")


def together(result):
    if "together" not in result:
        return ""
    found = result["together"]
    count = len(found["questions"])
    rows, said = [], []
    for what in ("counting", "commands"):
        alone, shared = found[what]["one_by_one"], found[what]["one_pass"]
        rows += [(f"{way}, {what}", f"{cost['wall_ms']:.1f}", f"{cost['cpu_ms']:.1f}",
                  f"{cost['ns_per_event']:.2f}")
                 for way, cost in ((f"{count} questions one by one", alone), ("together", shared))]
        share = shared["cpu_ms"] / alone["cpu_ms"]
        said.append(f"{what}: {share:.2f} of the CPU (target {TOGETHER_TARGET}:"
                    f" {verdict(share, TOGETHER_TARGET)}),"
                    f" {shared['wall_ms'] / alone['wall_ms']:.2f} of the wall time")
    return ("## Questions together\n\n" + table(["", "wall ms", "CPU ms", "ns CPU/event"], rows)
            + "\n*Counting* is the passes alone, *commands* are whole processes. Together take, of"
            " one by one, " + "; ".join(said) + ".\n")