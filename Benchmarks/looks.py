#!/usr/bin/env python3
"""Measures what a server's looks cost: whom to ask, and what somebody has to see to.

usage: looks.py EVENTS.csv [--looks 20] [--program .build/release/waymark]

EVENTS.csv is a file of generate.py. Its times are moved so that the last event is of now. Then the
server's seconds of CPU are taken, with and without what it looks for, and the difference is given for
one look. A look whom to ask goes a day back, with three surveys: after a touchpoint, after an abandoned
case, every thirty days. A look for tickets goes seven days back, with one rule, when an event came in.
"""
import argparse
import csv
import http.client
import json
import os
import sqlite3
import subprocess
import tempfile
import time

from collect import HERE, ROOT, Server

DAY = 86_400_000
SURVEYS = """
asking: {at_most: 1 per 30d, quiet: none}
surveys:
  bought: {kind: csat, ask: How was it?, after: purchase, channels: [mail]}
  left: {kind: csat, ask: What kept you?, after: {journey: buying, outcome: abandoned}, channels: [mail]}
  regular: {kind: nps, ask: Would you recommend us?, every: 30d, channels: [mail]}
"""
LOOPS = """
teams: [support]
loops:
  unhappy: {on: 'event == "csat_response" && properties.score <= 2', about: purchase, to: support, due: 2d}
"""


def options():
    parser = argparse.ArgumentParser(description="Measures what a server's looks cost.")
    parser.add_argument("events")
    parser.add_argument("--looks", type=int, default=20)
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/waymark"))
    parser.add_argument("--folder", help="where the store is made; a temporary folder")
    return parser.parse_args()


def of_now(source, target):
    """Writes the events with the last one now."""
    with open(source, encoding="utf-8") as file:
        last = max(int(row[2]) for row in csv.reader(file) if row[2] != "ts")
    delta = int(time.time() * 1000) - last
    with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        out.write(next(file))
        for line in file:
            customer, event, moment, rest = line.split(",", 3)
            out.write(f"{customer},{event},{int(moment) + delta},{rest}")


def settled(server):
    """The seconds of CPU once they hardly grow any more."""
    before = -1.0
    while server.cpu() - before > 0.05:
        before = server.cpu()
        time.sleep(3)
    return server.cpu()


def stop(server):
    server.process.terminate()
    server.process.wait(timeout=60)


def asking(chosen, folder, text):
    """Seconds of CPU for some looks whom to ask, two seconds apart."""
    server = Server(chosen.program, folder, text, ["--set", "surveys.seconds=2"])
    time.sleep(10)
    cpu = server.cpu()
    time.sleep(2 * chosen.looks)
    cpu = server.cpu() - cpu
    stop(server)
    return cpu


def begin(chosen, folder, text):
    """Lets the surveys begin a day ago."""
    server = Server(chosen.program, folder, text, ["--set", "surveys.seconds=2"])
    time.sleep(5)
    stop(server)
    ago = int(time.time() * 1000) - DAY
    database = sqlite3.connect(os.path.join(folder, "data", "waymark.sqlite"))
    with database:
        database.execute("UPDATE survey_looks SET since = ?, until = ?", [ago, ago])
    database.close()


def seeing_to(chosen, folder, text):
    """Seconds of CPU for some events, one a second."""
    server = Server(chosen.program, folder, text, ["--set", "surveys.seconds=3600"])
    cpu = 0.0
    for number in range(chosen.looks + 10):
        if number == 10:
            cpu = settled(server)
        connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        event = {"user_id": "c1", "event": "home_view"}
        connection.request(
            "POST", "/v1/events", json.dumps(event),
            {"Content-Type": "application/json", "Authorization": "Bearer " + server.key})
        assert connection.getresponse().status == 200
        connection.close()
        time.sleep(1)
    cpu = server.cpu() - cpu
    stop(server)
    return cpu


def main():
    chosen = options()
    with open(os.path.join(HERE, "experience.yaml"), encoding="utf-8") as file:
        plain = file.read()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        events = os.path.join(folder, "events.csv")
        of_now(chosen.events, events)
        subprocess.run(
            [chosen.program, "import", events, "--data", os.path.join(folder, "data")], check=True)
        begin(chosen, folder, plain + SURVEYS)
        for name, measure, more in [
            ("whom to ask", asking, SURVEYS), ("for tickets", seeing_to, LOOPS),
        ]:
            # A survey that is taken out begins anew, so that those come first.
            with_it, without = (measure(chosen, folder, text) for text in [plain + more, plain])
            print(
                f"A look {name}: {(with_it - without) / chosen.looks:.4f} s CPU "
                f"({with_it:.2f} with and {without:.2f} without, {chosen.looks} looks)", flush=True)


if __name__ == "__main__":
    main()
