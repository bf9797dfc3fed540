"""What a server of events bears: broken, endless, slow and too many requests."""

import concurrent.futures
import gzip
import json
import random
import resource
import socket
import threading
import time
import zlib

import pytest
import requests
from collecting import (
    EXPERIENCE, basic, exported, health_milliseconds, names, resident, send, write_key)

PATHS = [
    "/v1/events", "/v1/track", "/v1/batch", "/v1/identify", "/v1/alias", "/capture", "/batch",
    "/e", "/i/v1/analytics/events", "/import?strict=1", "/track", "/engage", "/groups", "/flags"]


@pytest.fixture
def server(serve, tmp_path):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    return serve(tmp_path / "data", tmp_path / "experience.yaml")


@pytest.fixture
def key(server):
    return write_key(server)


def connect(server):
    host, port = server.url.removeprefix("http://").rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def event(name):
    return {"event": name, "user_id": "ada", "time": "2026-03-01T10:00:00Z"}


def test_mangled_bodies_are_answered_and_never_by_a_failure(server, key):
    dice = random.Random(11)
    good = [
        json.dumps({"batch": [{"type": "track", "userId": "u", "event": "e", "messageId": "m",
                               "properties": {"a": [1, {"b": "é\U0001F600"}], "c": None}}],
                    "sentAt": "2026-03-01T10:00:00Z"}).encode(),
        json.dumps([{"event": "e", "distinct_id": "u", "properties": {"token": key, "time": 1}}] * 3
                   ).encode(),
        json.dumps(event("e")).encode() + b"\n" + json.dumps(event("f")).encode(),
        b"data=" + b"eyJldmVudCI6ImUifQ==" + b"&verbose=1",
    ]

    def mangled():
        body = bytearray(dice.choice(good))
        for _ in range(dice.choice([0, 1, 3, 20])):
            place = dice.randrange(len(body))
            match dice.randrange(4):
                case 0: body[place] = dice.randrange(256)
                case 1: del body[place:place + dice.randrange(1, 10)]
                case 2: body[place:place] = dice.randbytes(dice.randrange(1, 10))
                case 3: body[place:place] = dice.choice([b"[" * 200, b'"', b"\\ud800", b"1e999"])
            if not body:
                break
        body = bytes(body)
        return gzip.compress(body) if dice.random() < 0.1 else body

    statuses = set()
    with requests.Session() as session:
        for _ in range(800):
            headers = basic(key) if dice.random() < 0.8 else {}
            headers["Content-Type"] = dice.choice(
                ["application/json", "application/x-ndjson", "text/plain",
                 "application/x-www-form-urlencoded", ""])
            if dice.random() < 0.1:
                headers["Content-Encoding"] = dice.choice(["gzip", "deflate", "br", "gzip, gzip"])
            answer = session.post(
                server.url + dice.choice(PATHS), data=mangled(), headers=headers, timeout=30)
            statuses.add(answer.status_code)
    print("\nanswered:", sorted(statuses))
    assert statuses <= {200, 207, 400, 401, 413, 415}
    assert server.process.poll() is None
    assert server.stop() == 0


def test_costly_bodies_take_bounded_memory(server, key):
    before = resident(server.process)
    size = 10 << 20
    costly = {
        "values": b"[" + b"1," * (size // 2 - 2) + b"1]",
        "objects": b"[" + b"{}," * 300_000 + b"{}]",
        "depth": b"[" * size,
        "names": json.dumps({"event": "e", "user_id": "u", "properties": {
            f"name {number}": number for number in range(200_000)}}).encode(),
        "escapes": b'{"event":"' + b"\\u0041" * (size // 6 - 10) + b'"}',
        "refused": b"[" + b",".join([b'{"event":"x","user_id":""}'] * 9_999) + b"]",
        "bomb": gzip.compress(b"\0" * (200 << 20)),
    }
    answers, worst = {}, before

    def post(name):
        answer = requests.post(
            server.url + "/v1/events", data=costly[name], headers=basic(key), timeout=300)
        return name, answer.status_code

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        running = [threads.submit(post, name) for name in costly for _ in range(4)]
        while any(not future.done() for future in running):
            worst = max(worst, resident(server.process))
            time.sleep(0.02)
        for future in running:
            name, status = future.result()
            answers.setdefault(name, set()).add(status)
    print(f"\n{answers}; {before:.0f} MB before, {worst:.0f} MB at worst")
    assert all(statuses <= {200, 400, 413, 503} for statuses in answers.values())
    assert answers["bomb"] == {413}
    assert worst - before < 700


def test_a_body_without_end_takes_no_memory_and_loses_its_connection(server, key):
    before = resident(server.process)
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
    with connect(server) as connection:
        connection.sendall(f"{head}Content-Length: {1 << 30}\r\n\r\n".encode())
        answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 413") and b"connection: close" in answer.lower()
    sent, worst, start = 0, before, time.monotonic()
    chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    with connect(server) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        try:
            while sent < 1 << 30:
                connection.sendall(chunk)
                sent += 1 << 20
                worst = max(worst, resident(server.process))
        except OSError:
            pass
    print(
        f"\n{sent >> 20} MB were sent in {time.monotonic() - start:.1f} s; {before:.0f} MB before, "
        f"{worst:.0f} MB at worst")
    assert worst - before < 100
    assert send(server, "/v1/events", event("after"), key).json()["taken"] == 1


def test_nothing_is_taken_of_a_body_that_ends_early(server, key):
    line = json.dumps(event("cut")).encode() + b"\n"
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/x-ndjson\r\n").encode()
    chunk = b"%x\r\n" % len(line) + line + b"\r\n"
    for request in (
        head + b"Content-Length: 10000\r\n\r\n" + line,
        head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk,
        head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk[:-2],
    ):
        for half in (True, False):
            with connect(server) as connection:
                connection.sendall(request)
                time.sleep(0.2)
                if half:
                    connection.shutdown(socket.SHUT_WR)
                    assert b" 200 " not in connection.recv(4096)
    assert send(server, "/v1/events", event("whole"), key).json()["taken"] == 1
    assert server.stop() == 0
    assert names(exported(server.data)) == {"whole": 1}


def test_slow_clients_are_cut_and_idle_ones_hinder_nobody(serve, tmp_path):
    wanted = 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 3 * wanted), hard))
    try:
        (tmp_path / "experience.yaml").write_text(EXPERIENCE)
        server = serve(tmp_path / "data", tmp_path / "experience.yaml")
        key = write_key(server)
        count = min(wanted, (min(hard, 3 * wanted) - 200))
        before = resident(server.process)
        idle = [connect(server) for _ in range(count)]
        head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        slow = [connect(server) for _ in range(50)]
        for connection in slow:
            connection.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode())
        lazy = [connect(server) for _ in range(50)]
        for connection in lazy:
            connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\n")
        ended = threading.Event()

        def drip():
            while not ended.wait(1):
                for connection, byte in [(c, b" ") for c in slow] + [(c, b"X-A: b\r\n") for c in lazy]:
                    try:
                        connection.send(byte)
                    except OSError:
                        pass

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        middle, worst = health_milliseconds(server)
        held = resident(server.process)
        print(
            f"\n{count} idle connections, 50 slow bodies, 50 slow heads: health {middle:.1f} ms, "
            f"at worst {worst:.1f} ms; {before:.0f} MB before, {held:.0f} MB now")
        assert send(server, "/v1/events", event("meanwhile"), key).json()["taken"] == 1
        for connection in slow:
            assert connection.recv(4096).startswith(b"HTTP/1.1 408")
        ended.set()
        dripping.join()
        assert held - before < 600
        for connection in idle + slow + lazy:
            connection.close()
        # The libraries below take a time that grows with the square of the open connections.
        start = time.monotonic()
        assert server.stop(timeout=300) == 0
        print(f"stopped in {time.monotonic() - start:.1f} s")
        assert names(exported(server.data)) == {"meanwhile": 1}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_floods_of_headers_are_refused(server, key):
    for flood in (
        "".join(f"X-{number}: a\r\n" for number in range(10_000)),
        "X-Long: " + "a" * 1_000_000 + "\r\n",
    ):
        with connect(server) as connection:
            try:
                connection.sendall(f"GET /health HTTP/1.1\r\nHost: x\r\n{flood}\r\n".encode())
                answer = connection.recv(4096)
                assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
            except ConnectionError:
                pass
    assert send(server, "/v1/events", event("after"), key).json()["taken"] == 1
