"""What the tests of collection share: write keys, requests, and what the store holds afterwards."""

import base64
import collections
import hashlib
import json
import os
import pathlib
import random
import secrets
import socket
import sqlite3
import subprocess
import tempfile
import time

import requests
from conftest import PROGRAM

EXPERIENCE = """\
touchpoints:
  web: Website
"""


GIVEN_PORTS = set()


def free_port():
    """A port that nobody listens on now, and that the system gives nobody who asks for any."""
    while True:
        port = random.randrange(20_000, 32_000)
        if port in GIVEN_PORTS:
            continue
        GIVEN_PORTS.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def write_key(server, name="test"):
    """Makes a write key in the store of a running server, before it was asked for any."""
    text = "wk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    with sqlite3.connect(server.data / "waymark.sqlite", timeout=30) as database:
        database.execute(
            "INSERT INTO write_keys (name, secret, hint, made) VALUES (?, ?, ?, ?)",
            (name, hashlib.sha256(text.encode()).digest(), text[:7], int(time.time() * 1000)))
    database.close()
    return text


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def send(server, path, body, key=None, **options):
    """Posts JSON; the key goes where our own clients have it."""
    headers = {**(basic(key) if key else {}), **options.pop("headers", {})}
    return requests.post(server.url + path, json=body, headers=headers, timeout=60, **options)


def exported(data):
    """All events of a store that nobody writes to."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "events.jsonl"
        subprocess.run(
            [PROGRAM, "export", "--output", str(file), "--data", str(data)],
            check=True, capture_output=True, timeout=300)
        return [json.loads(line) for line in file.read_text().splitlines()]


def names(events):
    """How often each event's name is there."""
    return collections.Counter(event.get("event") or event.get("type") for event in events)


def resident(process):
    """The memory that a process holds, in MB."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def health_milliseconds(server, count=20):
    """How long the health page takes: the median and the worst of some."""
    times = []
    with requests.Session() as session:
        for _ in range(count):
            start = time.perf_counter()
            assert session.get(server.url + "/health", timeout=30).status_code == 200
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return times[len(times) // 2], times[-1]
