"""Events over HTTP: in the words of other clients, and by those clients themselves."""

import gzip
import json
import re
import socket
import threading
import time
import uuid
import zlib

import mixpanel
import posthog
import pytest
import requests
import segment.analytics.client
from collecting import EXPERIENCE, basic, exported, free_port, names, send, write_key
from conftest import set_up

STAMP = "2026-03-01T10:00:00Z"


@pytest.fixture
def place(tmp_path):
    """An empty folder of events, and an experience."""
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    return tmp_path / "data", tmp_path / "experience.yaml"


@pytest.fixture
def server(serve, place):
    return serve(*place)


@pytest.fixture
def key(server):
    return write_key(server)


def event(name, person="ada", **more):
    return {"event": name, "user_id": person, "time": STAMP, **more}


def test_events_of_every_dialect_arrive_and_are_answered_in_its_words(server, key):
    assert send(server, "/v1/events", event("plain"), key).json() == {
        "taken": 1, "repeated": 0, "refused": 0, "nothing": 0, "items": []}
    call = {"userId": "ada", "event": "segment", "messageId": "s-1", "timestamp": STAMP}
    for path in ("/v1/track", "/v1/t", "/v1/batch", "/v1/import"):
        body = call if path in ("/v1/track", "/v1/t") else {"batch": [{"type": "track", **call}]}
        answer = send(server, path, body, key)
        assert (answer.status_code, answer.json()["success"]) == (200, True), path
    captured = {"event": "posthog", "distinct_id": "ada", "uuid": str(uuid.uuid4()),
                "timestamp": STAMP, "properties": {}}
    for path in ("/capture/", "/batch/", "/e/", "/i/v0/e/"):
        body = {"api_key": key, "batch": [captured]} if "batch" in path else {
            "api_key": key, **captured}
        answer = send(server, path, body)
        assert (answer.status_code, answer.json()["status"]) == (200, 1), path
    imported = [{"event": "mixpanel", "properties": {
        "time": 1772359200, "distinct_id": "ada", "$insert_id": "m-1"}}]
    assert send(server, "/import?strict=1", imported, key).json()["num_records_imported"] == 1
    imported[0]["properties"]["token"] = key
    form = requests.post(server.url + "/track", data={"data": json.dumps(imported), "verbose": 1})
    assert form.json()["status"] == 1
    assert requests.get(
        server.url + "/track", params={"data": json.dumps(imported)}).text == "1"
    assert server.stop() == 0
    assert names(exported(server.data)) == {"plain": 1, "segment": 1, "posthog": 1, "mixpanel": 1}


def test_a_key_is_asked_for_wherever_clients_put_it(server, key):
    assert send(server, "/v1/events", event("a")).status_code == 401
    assert send(server, "/v1/events", event("a"), "wk_" + "A" * 43).status_code == 401
    assert send(server, "/v1/batch", {"writeKey": "nonsense", "batch": []}).status_code == 401
    bearer = {"Authorization": f"Bearer {key}"}
    assert send(server, "/v1/events", event("a"), headers=bearer).status_code == 200
    body = {"writeKey": key, "batch": [{"type": "track", "userId": "u", "event": "b"}]}
    assert send(server, "/v1/batch", body).status_code == 200
    assert server.stop() == 0
    assert names(exported(server.data)) == {"a": 1, "b": 1}
    assert not any(key in line for line in server.lines)


def test_every_item_has_its_verdict_and_strict_clients_are_told(server, key):
    items = [event("good"), {"event": "no one", "time": STAMP}, event("good")]
    answer = send(server, "/v1/events", items, key)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["taken"], told["repeated"], told["refused"]) == (1, 1, 1)
    assert [item["outcome"] for item in told["items"]] == ["refused", "repeated"]
    assert told["items"][0]["code"] == "identity.placeholder"
    assert send(server, "/v1/events?strict=1", items, key).status_code == 207
    assert send(server, "/v1/events?strict=1", items[1], key).status_code == 400
    assert send(server, "/v1/events", "nonsense", key).status_code == 400
    answer = requests.post(server.url + "/v1/events", data=b"{", headers=basic(key))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert send(server, "/v1/nothing", {}, key).status_code == 404


def test_packed_bodies_are_unpacked_within_bounds(server, key):
    def post(data, **headers):
        return requests.post(
            server.url + "/v1/events", data=data, headers={**basic(key), **headers}).status_code

    def body(name):
        return json.dumps(event(name)).encode()

    bare = zlib.compressobj(wbits=-15)
    assert post(gzip.compress(body("gzip")), **{"Content-Encoding": "gzip"}) == 200
    assert post(gzip.compress(body("no header"))) == 200
    assert post(zlib.compress(body("zlib")), **{"Content-Encoding": "deflate"}) == 200
    packed = bare.compress(body("bare")) + bare.flush()
    assert post(packed, **{"Content-Encoding": "deflate"}) == 200
    assert post(body("no gzip"), **{"Content-Encoding": "gzip"}) == 400
    assert post(gzip.compress(body("short"))[:-9], **{"Content-Encoding": "gzip"}) == 400
    assert post(gzip.compress(body("x")) + b"more", **{"Content-Encoding": "gzip"}) == 400
    assert post(body("other"), **{"Content-Encoding": "br"}) == 415
    assert post(gzip.compress(b" " * (10 << 20))) == 400
    assert post(gzip.compress(b" " * ((10 << 20) + 1))) == 413
    assert post(b" " * ((10 << 20) + 1)) == 413
    assert server.stop() == 0
    assert names(exported(server.data)) == {"gzip": 1, "no header": 1, "zlib": 1, "bare": 1}


def test_pages_of_any_site_may_send_and_read_the_answer(server, key):
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type,authorization"}
    for path in ("/v1/events", "/v1/track", "/batch/", "/flags/?v=2", "/decide"):
        answer = requests.options(server.url + path, headers=asked)
        assert answer.status_code == 204, path
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Authorization" in answer.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in answer.headers
    for answer in (
        send(server, "/v1/events", event("a"), key), send(server, "/v1/events", event("a")),
        send(server, "/v1/events", [], key), send(server, "/flags/?v=2", {"api_key": key}),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
    assert send(server, "/flags/?v=2", {"api_key": key}).json()["flags"] == {}


def test_what_sources_sent_and_what_was_refused_is_written_down(serve, place):
    import sqlite3
    server = serve(*place)
    key = write_key(server)
    send(server, "/v1/events", [event("a"), event("b"), event("b", "bob"), {"password": "x1y2"}], key)
    assert server.stop() == 0
    with sqlite3.connect(place[0] / "waymark.sqlite") as database:
        sources = database.execute("SELECT kind, taken, refused FROM collection_sources").fetchall()
        named = dict(database.execute("SELECT event, taken FROM collected_names").fetchall())
        items = database.execute("SELECT dialect, code, item FROM refused_items").fetchall()
    assert sources == [("write-key", 3, 1)]
    assert named == {"a": 1, "b": 2}
    assert len(items) == 1 and items[0][0] == "waymark"
    assert "password" in items[0][2] and "x1y2" not in items[0][2]


def test_figures_and_watchers_hear_of_new_events(server, key):
    session = set_up(server)
    send(server, "/v1/events", [event("a"), event("a"), {}], key)
    text = session.get(server.url + "/metrics").text
    figures = dict(re.findall(r"^(waymark_\w+) ([\d.]+)$", text, re.M))
    assert float(figures["waymark_collected_events_total"]) == 1
    assert float(figures["waymark_repeated_events_total"]) == 1
    assert float(figures["waymark_refused_items_total"]) == 1
    assert float(figures["waymark_body_bytes"]) == 0


def test_a_stop_lets_what_was_begun_finish(server, key):
    session = set_up(server)
    body = json.dumps(event("late")).encode()
    host, port = re.match(r"http://(.*):(\d+)", server.url).groups()
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:10])
        # It is begun once the server holds a part of the body.
        end = time.monotonic() + 60
        while "\nwaymark_body_bytes 10.0\n" not in session.get(server.url + "/metrics").text:
            assert time.monotonic() < end
            time.sleep(0.02)
        stopped = threading.Thread(target=server.stop)
        stopped.start()
        time.sleep(0.5)
        connection.sendall(body[10:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    stopped.join(timeout=30)
    assert names(exported(server.data)) == {"late": 1}


class Outages:
    """Kills a server and starts it again on the same port, a few times."""

    def __init__(self, serve, place, port):
        self.start = lambda: serve(*place, port=port)
        self.server = self.start()

    def run(self, times, pause=0.5, down=0.3):
        for _ in range(times):
            time.sleep(pause)
            self.server.kill()
            time.sleep(down)
            self.server = self.start()


COUNT = 300


def by_segment(url, key):
    failures = []
    client = segment.analytics.client.Client(
        key, host=url, gzip=True, upload_size=5, upload_interval=0.05, max_retries=20,
        on_error=lambda error, items: failures.append(error))
    for number in range(COUNT):
        client.track(f"u{number % 10}", f"segment {number}", {"number": number})
        time.sleep(0.01)
    client.flush()
    client.shutdown()
    assert not failures


def by_posthog(url, key):
    failures = []
    client = posthog.Posthog(
        key, host=url, gzip=True, flush_at=5, flush_interval=0.05, max_retries=20,
        on_error=lambda error, items: failures.append(error))
    for number in range(COUNT):
        client.capture(
            f"posthog {number}", distinct_id=f"u{number % 10}", properties={"number": number})
        time.sleep(0.01)
    client.flush()
    client.shutdown()
    assert not failures


def by_mixpanel(url, key):
    consumer = mixpanel.BufferedConsumer(
        max_size=5, events_url=url + "/track", people_url=url + "/engage",
        import_url=url + "/import", groups_url=url + "/groups", request_timeout=15)
    client = mixpanel.Mixpanel(key, consumer=consumer)

    def until_sent(call):
        # Over plain HTTP this client leaves trying again to its caller; it keeps what it holds.
        end = time.monotonic() + 60
        while True:
            try:
                return call()
            except mixpanel.MixpanelException:
                assert time.monotonic() < end
                time.sleep(0.2)
                call = consumer.flush

    for number in range(COUNT):
        until_sent(lambda: client.track(
            f"u{number % 10}", f"mixpanel {number}", {"number": number}))
        time.sleep(0.01)
    until_sent(consumer.flush)


@pytest.mark.parametrize("client", [by_segment, by_posthog, by_mixpanel])
def test_official_clients_lose_and_double_nothing_while_the_server_is_killed(
        serve, place, client):
    port = free_port()
    outages = Outages(serve, place, port)
    key = write_key(outages.server)
    killing = threading.Thread(target=outages.run, args=[3])
    killing.start()
    client(outages.server.url, key)
    killing.join()
    assert outages.server.stop() == 0
    counted = names(exported(place[0]))
    prefix = client.__name__.removeprefix("by_")
    assert counted == {f"{prefix} {number}": 1 for number in range(COUNT)}


def test_segment_s_client_identifies_groups_and_aliases(server, key):
    client = segment.analytics.client.Client(key, host=server.url)
    client.identify("ada", {"plan": "pro"})
    client.group("ada", "acme", {"seats": 5})
    client.page("ada", "Docs", "Start")
    client.screen("ada", "Home")
    client.alias("anonymous-1", "ada")
    client.flush()
    client.shutdown()
    assert server.stop() == 0
    assert len(exported(server.data)) == 5
