"""Processes and what they cost."""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    """A process that did not do what it was started for, and what it said."""


class Cost(NamedTuple):
    """Seconds, and the most megabytes that were resident."""

    wall: float
    cpu: float
    memory: float


class Finished(NamedTuple):
    output: str
    errors: str
    cost: Cost


def run(*command):
    """Runs a process to its end. CPU and memory are its own, as the kernel counted them."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
        if process.returncode:
            raise Failed(f"{' '.join(command)}\n{said.strip()[-2000:]}")
        cost = Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        return Finished(output.read().decode(), said, cost)


def median(costs):
    return Cost(*(statistics.median(column) for column in zip(*costs)))


def summed(costs):
    """The costs of processes that ran one after the other."""
    wall, cpu, memory = zip(*costs)
    return Cost(sum(wall), sum(cpu), max(memory))


class Machine:
    """How much of the machine others used while something was measured."""

    def __init__(self):
        self.wall = self.busy = self.own = 0.0

    def watch(self, measure):
        """Measures; `measure` returns what it found and the CPU seconds that were its own."""
        busy, wall = self.busy_seconds(), time.perf_counter()
        found, own = measure()
        self.busy += self.busy_seconds() - busy
        self.wall += time.perf_counter() - wall
        self.own += own
        return found

    @property
    def others(self):
        """Cores that others kept busy, on average."""
        return max(0.0, self.busy - self.own) / self.wall if self.wall else 0.0

    @staticmethod
    def busy_seconds():
        with open("/proc/stat", encoding="ascii") as stat:
            user, nice, system, _, _, interrupts, soft, stolen = map(
                int, stat.readline().split()[1:9])
        return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


class Waymark:
    """The program under measure, over one store."""

    # A pass takes milliseconds, so that the median of a few within a process is one run.
    PASSES = 5

    def __init__(self, program, store):
        self.program, self.store = program, store

    def command(self, *arguments):
        return run(self.program, *arguments, "--data", self.store)

    def timed_command(self, *arguments):
        """A whole command, as a user starts it; and the process's CPU."""
        cost = self.command(*arguments, "--format", "json").cost
        return cost, cost.cpu

    def timed(self, *arguments):
        """The median pass of a question with the memory of the process; and the process's CPU."""
        finished = self.command(*arguments, "--format", "json", "--timing", str(self.PASSES))
        found = re.search(r"([0-9.]+) ms wall, ([0-9.]+) ms CPU", finished.errors)
        if not found:
            raise Failed(f"No timing in what {arguments} said:\n{finished.errors}")
        wall, cpu = float(found[1]) / 1e3, float(found[2]) / 1e3
        return Cost(wall, cpu, finished.cost.memory), finished.cost.cpu


class Peer:
    """A peer's tables in a folder, and the processes that ask them."""

    def __init__(self, name, folder, threads):
        self.name, self.folder, self.threads = name, folder, str(threads)

    def command(self, *arguments):
        return (sys.executable, os.path.join(HERE, "peer.py"), self.name, self.threads, *arguments)

    def asking(self, question):
        return Asking(self.command("serve", self.folder, question))


class Asking:
    """A process that answers one question again and again; the first time, to warm up, at once."""

    def __init__(self, command):
        self.command = command
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.rows = [tuple(row) for row in self.read()["rows"]]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise Failed(f"{' '.join(self.command)}\n{self.errors.read().decode()[-2000:]}")
        return json.loads(line)

    def timed(self):
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        cost = Cost(**self.read())
        return cost, cost.cpu

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()
