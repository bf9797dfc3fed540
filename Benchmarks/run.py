#!/usr/bin/env python3
"""Measures Waymark beside DuckDB, chDB and Polars, on the same rows in the same run.

usage: run.py [--events N,N,...] [--runs N] [--quick] [--measure ...] [--questions Q1,Q4] [--peers ...]

Runs of the tools alternate; medians are told. Every answer is compared row by row with the peers', and
the first difference ends the run with status 1, as does a question that Waymark cannot answer. What was
found is written to .build/bench/results_N.json and .md, and drawn to .build/bench/cost.svg.
"""
import argparse
import json
import os
import sys

import chart
import report
from benchmark import PEERS, Benchmark, tell
from catalogue import QUESTIONS
from measuring import HERE, Failed, Peer, run

ROOT = os.path.dirname(HERE)
FOLDER = os.path.join(ROOT, ".build/bench")
PARTS = ["imports", "questions", "map", "together"]


def listed(known):
    def values(text):
        chosen = text.split(",")
        strangers = [value for value in chosen if value not in known]
        if strangers:
            raise argparse.ArgumentTypeError(
                f"{strangers[0]} is none of {', '.join(known)}")
        return chosen
    return values


def options():
    parser = argparse.ArgumentParser(
        description="Measures Waymark beside DuckDB, chDB and Polars on the same rows.")
    parser.add_argument("--events", default="10000000", metavar="N,N", help="sizes of the data",
                        type=lambda text: [int(size) for size in text.split(",")])
    parser.add_argument("--runs", type=int, default=5, help="alternating runs, of which the median")
    parser.add_argument("--quick", action="store_true", help="one million events, one run")
    parser.add_argument("--measure", type=listed(PARTS), default=PARTS, metavar="PART,PART",
                        help=", ".join(PARTS))
    parser.add_argument("--questions", type=listed(list(QUESTIONS)), default=list(QUESTIONS),
                        metavar="Q,Q", help="Q1 to Q10")
    parser.add_argument("--peers", type=listed(list(PEERS)), default=list(PEERS),
                        metavar="PEER,PEER", help=", ".join(PEERS))
    parser.add_argument("--threads", type=int, default=2, help="cores that each tool may use")
    parser.add_argument("--data", default=os.path.join(FOLDER, "data"),
                        help="folder of the events; what is missing is made")
    parser.add_argument("--waymark", default=os.path.join(ROOT, ".build/release/waymark"),
                        help="the program")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.events, chosen.runs = [1_000_000], 1
    if min(chosen.events) < 1000 or chosen.runs < 1 or chosen.threads < 1:
        parser.error("at least 1000 events, one run and one thread")
    if not os.access(chosen.waymark, os.X_OK):
        parser.error(f"{chosen.waymark} is no program; make release builds it")
    return chosen


def installed(names, threads):
    """The peers that can be loaded, with their versions; the others are told of."""
    versions = {}
    for name in names:
        try:
            versions[name] = run(*Peer(name, "", threads).command("version")).output.strip()
        except Failed as failure:
            tell(f"SKIPPED {PEERS[name]}, which can't be loaded: {str(failure).splitlines()[-1]}")
    return versions


def main():
    chosen = options()
    cores = sorted(os.sched_getaffinity(0))[: chosen.threads]
    os.sched_setaffinity(0, cores)
    versions = installed(chosen.peers, chosen.threads)
    failures = []
    for events in chosen.events:
        tell(f"\n{events:,} events, {chosen.runs} alternating runs, {len(cores)} cores")
        benchmark = Benchmark(events, chosen, versions, FOLDER)
        try:
            benchmark.measure()
        except Failed as failure:
            sys.exit(str(failure))
        failures += benchmark.failures
        text = report.markdown(benchmark.result)
        tell("\n" + text)
        with open(f"{FOLDER}/results_{events}.json", "w", encoding="utf-8") as out:
            json.dump(benchmark.result, out, indent=1)
        with open(f"{FOLDER}/results_{events}.md", "w", encoding="utf-8") as out:
            out.write(text)
    chart.draw_all(FOLDER)
    if failures:
        sys.exit(f"Without a comparison: {', '.join(failures)}")


if __name__ == "__main__":
    main()
