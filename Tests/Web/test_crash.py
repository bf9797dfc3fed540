"""A server that is killed under load, again and again, and what is left of the events."""

import collections
import os
import random
import sqlite3
import subprocess
import threading
import time

import pytest
import requests
from collecting import EXPERIENCE, basic, exported, free_port, write_key
from conftest import PROGRAM

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
SENDERS = 4
LONGEST_ROUND = 0.6


class Sender(threading.Thread):
    """Sends batches until it is told to end; what was not answered is sent again, or let go."""

    def __init__(self, number, url, key):
        super().__init__(daemon=True)
        self.number, self.url, self.key = number, url, key
        self.dice = random.Random(number)
        self.ended = threading.Event()
        self.acknowledged, self.unanswered = set(), set()
        self.failure = None

    def run(self):
        try:
            with requests.Session() as session:
                session.headers.update(basic(self.key))
                self.send(session)
        except Exception as error:  # told by the test
            self.failure = error

    def send(self, session):
        batch, count = [], 0
        while not self.ended.is_set():
            if not batch:
                for _ in range(self.dice.choice([1, 3, 20])):
                    batch.append(f"{self.number} {count}")
                    count += 1
            body = {"batch": [
                {"type": "track", "userId": f"user {name[-1]}", "event": "Sent", "messageId": name,
                 "properties": {"name": name}, "timestamp": "2026-03-01T10:00:00Z"}
                for name in batch]}
            try:
                answer = session.post(self.url + "/v1/batch", json=body, timeout=20)
            except requests.RequestException:
                self.unanswered.update(batch)
                if self.dice.random() < 0.3:
                    batch = []
                time.sleep(0.05)
                continue
            if answer.status_code in (429, 503):
                self.unanswered.update(batch)
                time.sleep(0.05)
                continue
            assert answer.status_code == 200, answer.text
            assert "refused" not in answer.json(), answer.text
            self.acknowledged.update(batch)
            batch = []


def stored(data):
    """How often each event of the senders is in a store."""
    return collections.Counter(event["properties"]["name"] for event in exported(data))


def sealed(data):
    """How many events of a store are in parts."""
    with sqlite3.connect(data / "waymark.sqlite", timeout=30) as database:
        count, = database.execute("SELECT coalesce(sum(row_count), 0) FROM parts").fetchone()
    database.close()
    return count


@pytest.mark.parametrize("arguments", [[], ["--set", "sealing.events=60"]], ids=["usual", "sealing"])
def test_what_was_acknowledged_is_there_once_after_every_kill(serve, tmp_path, arguments):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    place = (tmp_path / "data", tmp_path / "experience.yaml")
    dice = random.Random(7)
    port = free_port()
    server = serve(*place, *arguments, port=port)
    key = write_key(server)
    senders = [Sender(number, server.url, key) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    start = time.monotonic()
    for _ in range(ROUNDS):
        time.sleep(dice.uniform(0.02, LONGEST_ROUND))
        server.kill()
        server = serve(*place, *arguments, port=port)
    # On a slow machine each kill may have come before the log became parts.
    end = time.monotonic() + 60
    while arguments and sealed(place[0]) <= 60 and time.monotonic() < end:
        time.sleep(0.1)
    for sender in senders:
        sender.ended.set()
    for sender in senders:
        sender.join(timeout=60)
        assert not sender.is_alive()
        assert sender.failure is None, sender.failure
    assert server.stop() == 0

    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    unanswered = set().union(*(sender.unanswered for sender in senders)) - acknowledged
    if arguments:
        assert sealed(place[0]) > 60
    found = stored(place[0])
    print(
        f"\n{ROUNDS} kills in {time.monotonic() - start:.0f} s: {len(acknowledged)} acknowledged, "
        f"{len(unanswered)} never answered, {sum(name in found for name in unanswered)} of them "
        "stored")
    assert len(acknowledged) > ROUNDS
    assert [name for name in acknowledged if found[name] != 1] == []
    assert [name for name in unanswered if found[name] > 1] == []
    assert set(found) <= acknowledged | unanswered
    checked = subprocess.run(
        [PROGRAM, "doctor", "--data", str(place[0])], capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout + checked.stderr
