#!/usr/bin/env python3
"""Measures Waymark beside DuckDB, chDB and Polars, on the same rows in the same run.

usage: run.py [--events N,N,...] [--runs N] [--quick] [--measure ...] [--questions Q1,Q4] [--peers ...]

Runs of the tools alternate; medians are told. Every answer is compared row by row with the peers', and
the first difference ends the run with status 1, as does a question that Waymark cannot answer. What was
found is written to .build/bench/results_N.json and .md, and drawn to .build/bench/cost.svg.
"""
import argparse
import hashlib
import json
import os
import shutil
import sys

import chart
import report
from adapters import read, rows
from catalogue import QUESTIONS
from equality import difference
from measuring import HERE, Cost, Failed, Machine, Peer, Waymark, median, run

ROOT = os.path.dirname(HERE)
PEERS = {"duckdb": "DuckDB", "chdb": "chDB", "polars": "Polars"}
PARTS = ["imports", "questions", "map", "together"]
FORMS = ["jsonl", "csv"]


def tell(text=""):
    print(text, flush=True)


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
    parser.add_argument("--data", default=os.path.join(ROOT, ".build/bench/data"),
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


def once(folder, stamp, make):
    """Makes a folder's content unless it was made from the same things."""
    path = os.path.join(folder, "made-from")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as made:
            if made.read() == stamp:
                return
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    make()
    with open(path, "w", encoding="utf-8") as made:
        made.write(stamp)


def identity(path):
    known = os.stat(path)
    return f"{os.path.realpath(path)} {known.st_size} {known.st_mtime_ns}"


class Benchmark:
    """One size of the data."""

    def __init__(self, events, chosen, versions):
        self.events, self.chosen = events, chosen
        self.versions = versions
        self.folder = os.path.join(ROOT, ".build/bench", str(events))
        self.machine = Machine()
        self.failures = []
        self.result = {
            "events": events, "runs": chosen.runs, "threads": chosen.threads,
            "versions": {"Waymark": self.program_version(),
                         **{PEERS[name]: version for name, version in versions.items()}},
            "targets": {name: question.target for name, question in QUESTIONS.items()},
        }

    def program_version(self):
        return run(self.chosen.waymark, "version").output.split()[-1]

    def file(self, form):
        return os.path.join(self.chosen.data, f"events_{self.events}.{form}")

    def make_data(self, forms):
        missing = [form for form in forms if not os.path.exists(self.file(form))]
        if missing:
            tell(f"Making {self.events:,} events as {' and '.join(missing)}")
            run(sys.executable, os.path.join(HERE, "generate.py"), str(self.events),
                self.chosen.data, *missing)

    def measure(self):
        """Measures what was chosen; `result` has what was found."""
        self.make_data(FORMS if "imports" in self.chosen.measure else ["csv"])
        if "imports" in self.chosen.measure:
            self.imports()
        self.waymark = self.store()
        if "questions" in self.chosen.measure:
            self.questions()
        if "map" in self.chosen.measure:
            self.map()
        if "together" in self.chosen.measure:
            self.together()
        self.result["others"] = self.machine.others

    # Imports

    def imports(self):
        tell("Importing")
        costs = {}
        folder = os.path.join(self.folder, "import")
        for _ in range(self.chosen.runs):
            for form in FORMS:
                for name in ["waymark", *({"duckdb"} & self.versions.keys())]:
                    shutil.rmtree(folder, ignore_errors=True)
                    os.makedirs(folder)
                    costs.setdefault(form, {}).setdefault(name, []).append(
                        self.machine.watch(lambda: self.bulk_import(name, form, folder)))
        shutil.rmtree(folder)
        self.result["imports"] = {
            form: {PEERS.get(name, "Waymark"): self.told(median(found))
                   for name, found in tools.items()}
            for form, tools in costs.items()}

    def bulk_import(self, name, form, folder):
        if name == "waymark":
            finished = Waymark(self.chosen.waymark, f"{folder}/store").command(
                "import", self.file(form))
        else:
            finished = run(*Peer(name, folder, self.chosen.threads).command(
                "import", self.file(form), folder))
            if int(finished.output) != self.events:
                raise Failed(f"{PEERS[name]} took {finished.output.strip()} events from {form}.")
        return finished.cost, finished.cost.cpu

    def store(self):
        folder = os.path.join(self.folder, "waymark")
        waymark = Waymark(self.chosen.waymark, f"{folder}/store")
        once(folder, f"{identity(self.file('csv'))} {identity(self.chosen.waymark)}",
             lambda: waymark.command("import", self.file("csv")))
        return waymark

    def peers(self):
        """The peers with their tables, which are made where they are missing."""
        ready = []
        for name, version in self.versions.items():
            peer = Peer(name, os.path.join(self.folder, name), self.chosen.threads)
            with open(os.path.join(HERE, f"peers/with_{name}.py"), "rb") as code:
                made_by = hashlib.sha256(code.read()).hexdigest()
            once(peer.folder, f"{identity(self.file('csv'))} {version} {made_by}",
                 lambda: run(*peer.command("load", self.file("csv"), peer.folder)))
            ready.append(peer)
        return ready

    # Questions

    def questions(self):
        tell("Loading the peers' tables")
        peers = self.peers()
        self.result["questions"] = {}
        for name in self.chosen.questions:
            asking = {}
            try:
                self.result["questions"][name] = self.question(name, peers, asking)
            finally:
                for process in asking.values():
                    process.close()

    def question(self, name, peers, asking):
        """Asks all tools the same, compares, and then measures in turns."""
        for peer in peers:
            asking[peer.name] = peer.asking(name)
        found = {PEERS[peer]: process.rows for peer, process in asking.items()}
        tools = {PEERS[peer]: process.timed for peer, process in asking.items()}
        told = {}
        try:
            finished = self.waymark.command("ask", question_file(name), "--format", "json")
            found = {"Waymark": rows(name, read(finished.output)[0]), **found}
            told["process_ms"] = finished.cost.wall * 1e3
            tools = {"Waymark": lambda: self.waymark.timed("ask", question_file(name)), **tools}
        except (Failed, KeyError, TypeError, ValueError) as failure:
            self.failures.append(name)
            problem = failure if isinstance(failure, Failed) else repr(failure)
            tell(f"{name}: Waymark has no answer that can be read: {problem}")
        self.compare(name, found)
        costs = {tool: [] for tool in tools}
        for _ in range(self.chosen.runs):
            for tool, timed in tools.items():
                costs[tool].append(self.machine.watch(timed))
        told["tools"] = {tool: self.told(median(runs)) for tool, runs in costs.items()}
        tell(report.line(name, told["tools"]))
        return told

    def compare(self, name, found):
        names = list(found)
        if len(names) < 2:
            tell(f"{name}: there is nothing to compare the answer with.")
        for one, other in zip(names, names[1:]):
            differs = difference(found[one], found[other], QUESTIONS[name].keys)
            if differs:
                sys.exit(f"{name} ({QUESTIONS[name].columns}): {one} and {other} differ: {differs}")

    def told(self, cost):
        return {"wall_ms": cost.wall * 1e3, "cpu_ms": cost.cpu * 1e3,
                "ns_per_event": cost.cpu * 1e9 / self.events, "memory_mb": cost.memory}

    # The map, and questions together

    def map(self):
        arguments = ("map", "buying", "--experience", os.path.join(HERE, "experience.yaml"))
        self.result["map"] = self.told(median([
            self.machine.watch(lambda: self.waymark.timed(*arguments))
            for _ in range(self.chosen.runs)]))

    def together(self):
        names = [name for name in self.chosen.questions if name not in self.failures]
        files = [question_file(name) for name in names]
        try:
            alone = [read(self.waymark.command("ask", file, "--format", "json").output)[0]
                     for file in files]
            at_once = self.waymark.command("ask", *files, "--format", "json")
        except Failed as failure:
            self.failures.append("together")
            tell(f"Waymark does not answer {', '.join(names)} together:\n{failure}")
            return
        for name, one, other in zip(names, alone, read(at_once.output), strict=True):
            if one["answer"] != other["answer"]:
                sys.exit(f"{name} differs when it is asked together with others.")
        singles, passes = [], []
        for _ in range(self.chosen.runs):
            each = [self.machine.watch(lambda: self.waymark.timed("ask", file)) for file in files]
            singles.append(Cost(*(sum(column) for column in zip(*each))))
            passes.append(self.machine.watch(lambda: self.waymark.timed("ask", *files)))
        self.result["together"] = {
            "questions": names, "one_by_one": self.told(median(singles)),
            "one_pass": self.told(median(passes))}


def question_file(name):
    return os.path.join(HERE, f"questions/q{int(name[1:]):02}.yaml")


def main():
    chosen = options()
    cores = sorted(os.sched_getaffinity(0))[: chosen.threads]
    os.sched_setaffinity(0, cores)
    versions = installed(chosen.peers, chosen.threads)
    failures = []
    folder = os.path.join(ROOT, ".build/bench")
    for events in chosen.events:
        tell(f"\n{events:,} events, {chosen.runs} alternating runs, {len(cores)} cores")
        benchmark = Benchmark(events, chosen, versions)
        try:
            benchmark.measure()
        except Failed as failure:
            sys.exit(str(failure))
        failures += benchmark.failures
        text = report.markdown(benchmark.result)
        tell("\n" + text)
        with open(f"{folder}/results_{events}.json", "w", encoding="utf-8") as out:
            json.dump(benchmark.result, out, indent=1)
        with open(f"{folder}/results_{events}.md", "w", encoding="utf-8") as out:
            out.write(text)
    chart.draw_all(folder)
    if failures:
        sys.exit(f"Without a comparison: {', '.join(failures)}")


if __name__ == "__main__":
    main()
