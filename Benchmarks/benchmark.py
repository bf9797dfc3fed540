"""One size of the data: its files and tables, what is measured on them, and what was found."""
import hashlib
import os
import shutil
import sys

import report
from adapters import read, rows
from catalogue import QUESTIONS
from equality import difference
from measuring import HERE, Failed, Machine, Peer, Waymark, median, run, summed

PEERS = {"duckdb": "DuckDB", "chdb": "chDB", "polars": "Polars"}
FORMS = ["jsonl", "csv"]


def tell(text=""):
    print(text, flush=True)


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


def settle(path):
    """Lets the disk come to rest and reads a file, so that who is measured first finds it the same."""
    os.sync()
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def identity(path):
    known = os.stat(path)
    return f"{os.path.realpath(path)} {known.st_size} {known.st_mtime_ns}"


class Benchmark:
    """Measures what was chosen with the peers that there are; `result` and `failures` say the rest."""

    def __init__(self, events, chosen, versions, folder):
        self.events, self.chosen = events, chosen
        self.versions = versions
        self.folder = os.path.join(folder, str(events))
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
                    settle(self.file(form))
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
        self.result["together"] = {
            "questions": names,
            "counting": self.alone_and_together(files, self.waymark.timed),
            "commands": self.alone_and_together(files, self.waymark.timed_command)}

    def alone_and_together(self, files, timed):
        """What questions cost one by one, and in one pass."""
        singles, passes = [], []
        for _ in range(self.chosen.runs):
            each = [self.machine.watch(lambda: timed("ask", file)) for file in files]
            singles.append(summed(each))
            passes.append(self.machine.watch(lambda: timed("ask", *files)))
        return {"one_by_one": self.told(median(singles)), "one_pass": self.told(median(passes))}


def question_file(name):
    return os.path.join(HERE, f"questions/q{int(name[1:]):02}.yaml")
