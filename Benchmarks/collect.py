#!/usr/bin/env python3
"""Measures collection over HTTP: server and load share the machine's cores.

usage: collect.py [--seconds 60] [--batches 8] [--singles 64] [--program .build/release/waymark]

Batches of 100 events for a while, then single events from many connections, by wrk; the health page
is asked meanwhile. Afterwards the store has to hold every event that was answered as taken.
"""
import argparse
import base64
import hashlib
import http.client
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def options():
    parser = argparse.ArgumentParser(description="Measures collection over HTTP.")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--batches", type=int, default=8, help="connections that send batches")
    parser.add_argument("--singles", type=int, default=64, help="connections that send one event")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/waymark"))
    parser.add_argument("--folder", help="where the store is made; a temporary folder")
    return parser.parse_args()


class Server:
    def __init__(self, program, folder, text="touchpoints:\n  web: Website\n", arguments=()):
        self.data = os.path.join(folder, "data")
        experience = os.path.join(folder, "experience.yaml")
        with open(experience, "w", encoding="utf-8") as file:
            file.write(text)
        self.process = subprocess.Popen(
            [program, "serve", "--data", self.data, "--experience", experience, "--port", "0",
             *arguments],
            stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"Waymark serves http://(\S+):(\d+)", line):
                self.host, self.port = found.group(1), int(found.group(2))
                break
        else:
            sys.exit("The server did not start.")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.key = "wk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        database = sqlite3.connect(os.path.join(self.data, "waymark.sqlite"), timeout=30)
        with database:
            database.execute(
                "INSERT OR REPLACE INTO write_keys (name, secret, hint, made) VALUES ('load', ?, ?, 0)",
                (hashlib.sha256(self.key.encode()).digest(), self.key[:7]))
        database.close()

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    def health(self):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        connection.request("GET", "/health")
        connection.getresponse().read()
        connection.close()

    def events(self):
        """How many events are in the store's parts and in its log."""
        database = sqlite3.connect(os.path.join(self.data, "waymark.sqlite"), timeout=30)
        count = database.execute(
            "SELECT (SELECT coalesce(sum(row_count), 0) FROM parts WHERE state = 'base')"
            " + (SELECT coalesce(sum(count), 0) FROM log"
            " WHERE first >= (SELECT arrival FROM log_sealed))").fetchone()[0]
        database.close()
        return count


class Health(threading.Thread):
    """Asks the health page five times a second."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.times, self.ended = server, [], threading.Event()

    def run(self):
        while not self.ended.wait(0.2):
            start = time.perf_counter()
            self.server.health()
            self.times.append((time.perf_counter() - start) * 1000)


def measure(server, name, connections, count, seconds):
    before, cpu, start = server.events(), server.cpu(), time.monotonic()
    health = Health(server)
    health.start()
    said = subprocess.run(
        ["wrk", "--latency", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s",
         "-s", os.path.join(HERE, "collect.lua"), f"http://{server.host}:{server.port}", "--",
         server.key, str(count), name], capture_output=True, text=True, check=True).stdout
    span = time.monotonic() - start
    health.ended.set()
    health.join()
    cpu = server.cpu() - cpu
    requests = int(re.search(r"(\d+) requests in", said).group(1))
    p99 = re.search(r"99%\s+(\S+)", said).group(1)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = int(failed.group(1)) if failed else 0
    stored = server.events() - before
    health.times.sort()
    print(
        f"{name}: {count} events a request, {connections} connections, {seconds} s: "
        f"{stored / span:,.0f} events/s, p99 {p99}, {failed} requests turned away; server CPU "
        f"{cpu / span:.2f} cores, {cpu / max(stored, 1) * 1e6:.2f} us an event, "
        f"{server.memory():.0f} MB; health median {health.times[len(health.times) // 2]:.1f} ms, "
        f"p99 {health.times[int(len(health.times) * 0.99)]:.1f} ms; load {os.getloadavg()[0]:.1f}",
        flush=True)
    # A request that was still under way when wrk ended may be stored without having been counted.
    acknowledged = (requests - failed) * count
    if not acknowledged <= stored <= acknowledged + connections * count:
        sys.exit(f"{acknowledged} events were acknowledged, and {stored} are stored.")


def main():
    chosen = options()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        server = Server(chosen.program, folder)
        try:
            measure(server, "batches", chosen.batches, 100, chosen.seconds)
            measure(server, "singles", chosen.singles, 1, chosen.seconds)
        finally:
            server.process.terminate()
            code = server.process.wait(timeout=60)
        if code != 0:
            sys.exit(f"The server ended with {code}.")


if __name__ == "__main__":
    main()
