#!/usr/bin/env python3
"""Measures import, funnel and the whole map beside DuckDB, on the same rows in the same run.

usage: run.py [EVENTS] [--runs N] [--csv FILE]

Runs alternate, medians are printed, and the funnel's counts must be equal in both tools. CPU is the
process's own; `ns` is CPU nanoseconds an event. Data lie in .build/bench.
"""
import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WAYMARK = os.path.join(ROOT, ".build/release/waymark")
STEPS = ["product_view", "add_to_cart", "checkout_start", "payment_info", "purchase"]
WINDOW = 604_800_000

EXPERIENCE = """experience: Benchmark
touchpoints:
""" + "".join(f"  {s}: {{stage: purchase, on: {s}}}\n" for s in STEPS) + """journeys:
  buying:
    starts: [product_view]
    steps: [product_view, add_to_cart, checkout_start, payment_info]
    goal: purchase
    window: 7d
"""

LOAD = """CREATE TABLE events AS SELECT * FROM read_csv('{csv}', header=true, columns={{
 'customer_id':'VARCHAR','event':'VARCHAR','ts':'BIGINT','channel':'VARCHAR','device':'VARCHAR',
 'country':'VARCHAR','value':'DOUBLE','score':'TINYINT'}})"""

# The latest start still dominates, so each step needs only the latest chain before it: an ASOF chain.
FUNNEL = """WITH s1 AS (SELECT customer_id c, ts, ts AS t0 FROM events WHERE event = 'product_view')"""
for i in range(2, 6):
    FUNNEL += f""",
s{i} AS (SELECT e.customer_id c, e.ts ts, p.t0 t0 FROM
 (SELECT customer_id, ts FROM events WHERE event = '{STEPS[i - 1]}') e
 ASOF JOIN s{i - 1} p ON e.customer_id = p.c AND e.ts > p.ts WHERE e.ts - p.t0 <= {WINDOW})"""
FUNNEL += " SELECT " + ", ".join(f"(SELECT count(DISTINCT c) FROM s{i})" for i in range(1, 6))


def child(*command):
    """Runs a process; returns its output, wall and CPU seconds, peak memory in MB, and its messages."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begun
        output.seek(0)
        errors.seek(0)
        said = errors.read().decode()
        if process.returncode:
            sys.exit(f"{' '.join(command)}\n{said}")
        cpu = usage.ru_utime + usage.ru_stime
        return output.read().decode(), wall, cpu, usage.ru_maxrss / 1024, said


def duckdb_load(csv, path):
    code = (f"import duckdb,sys; c=duckdb.connect({path!r}, config={{'threads':2}});"
            f"c.execute({LOAD.format(csv=csv)!r}); c.execute('CHECKPOINT')")
    if os.path.exists(path):
        os.remove(path)
    return child(sys.executable, "-c", code)


def duckdb_funnel(path, runs):
    code = (f"import duckdb,json,time,resource\nc=duckdb.connect({path!r},read_only=True,config={{'threads':2}})\n"
            "def cpu():\n u=resource.getrusage(resource.RUSAGE_SELF); return u.ru_utime+u.ru_stime\n"
            f"q={FUNNEL!r}\nr=c.execute(q).fetchone(); o=[]\n"
            f"for _ in range({runs}):\n w,p=time.perf_counter(),cpu(); c.execute(q).fetchone(); o.append([time.perf_counter()-w,cpu()-p])\n"
            "print(json.dumps([r,o]))")
    return json.loads(child(sys.executable, "-c", code)[0])


def waymark(folder, *arguments):
    return child(WAYMARK, *arguments, "--data", f"{folder}/store")


def timing(errors):
    """The median wall and CPU milliseconds of a question's passes, as --timing says."""
    found = re.search(r"([0-9.]+) ms wall, ([0-9.]+) ms CPU", errors)
    return float(found[1]), float(found[2])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("events", nargs="?", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--csv")
    options = parser.parse_args()
    folder = os.path.join(ROOT, ".build/bench")
    os.makedirs(folder, exist_ok=True)
    csv = options.csv or f"{folder}/events_{options.events}.csv"
    if not os.path.exists(csv):
        print(f"Making {options.events:,} events", flush=True)
        child(sys.executable, f"{HERE}/generate.py", str(options.events), csv)
    experience = f"{folder}/experience.yaml"
    with open(experience, "w") as out:
        out.write(EXPERIENCE)
    imports, loads = [], []
    for _ in range(options.runs):
        shutil.rmtree(f"{folder}/store", ignore_errors=True)
        imports.append(waymark(folder, "import", csv)[1:4])
        loads.append(duckdb_load(csv, f"{folder}/duck.db")[1:4])
    with open(csv, "rb") as lines:
        count = sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 24), b"")) - 1
    median = lambda rows, column: statistics.median(row[column] for row in rows)
    print(f"\n{count:,} events, medians of {options.runs} alternating runs")
    print(f"{'import CSV':<24}{'wall s':>9}{'CPU s':>9}{'M events/s':>12}{'peak MB':>9}")
    for name, rows in (("Waymark (durable, sorted)", imports), ("DuckDB", loads)):
        wall = median(rows, 0)
        print(f"{name:<24}{wall:>9.2f}{median(rows, 1):>9.2f}{count / wall / 1e6:>12.2f}{median(rows, 2):>9.0f}")
    print(f"Waymark is {median(loads, 0) / median(imports, 0):.2f} times as fast")

    expected, duck = duckdb_funnel(f"{folder}/duck.db", 5)
    plain = ("funnel", *STEPS, "--window", "7d", "--format", "json", "--counts-only")
    answer, *_, said = waymark(folder, *plain, "--timing", "15")
    counts = [step["count"] for step in json.loads(answer)["steps"]]
    if counts != list(expected):
        sys.exit(f"The funnels differ: Waymark {counts}, DuckDB {expected}")
    *_, mapped = waymark(
        folder, "map", "buying", "--experience", experience, "--format", "json", "--timing", "15")
    print(f"\n{'question':<24}{'wall ms':>9}{'CPU ms':>9}{'ns/event':>10}   counts {counts}")
    rows = [("Waymark funnel", *timing(said)), ("Waymark whole map", *timing(mapped)),
            ("DuckDB funnel", median(duck, 0) * 1e3, median(duck, 1) * 1e3)]
    for name, wall, cpu in rows:
        print(f"{name:<24}{wall:>9.1f}{cpu:>9.1f}{cpu * 1e6 / count:>10.2f}")


if __name__ == "__main__":
    main()
