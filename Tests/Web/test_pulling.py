"""Pulling from back ends: a real PostgreSQL, a real folder, and webhooks signed as others sign."""

import base64
import contextlib
import gzip
import hashlib
import hmac
import json
import os
import pathlib
import pwd
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest
import requests

from collecting import free_port
from conftest import PROGRAM, assert_for_everybody, set_up, sign_in

BINARIES = max(
    pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=pathlib.Path("/usr/bin"),
    key=lambda folder: int(folder.parent.name))
HOST, USER, SECRET = "127.0.0.1", "waymark_reader", "the-password-of-the-reader"
HOOK_SECRET = "a secret that both of them know"


class PostgreSQL:
    """A PostgreSQL on a free port of this machine, whose superuser is `waymark_reader`."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="waymark-postgresql-", dir="/tmp"))
        self.port = free_port()
        (self.folder / "password").write_text(SECRET)
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            for path in [self.folder, self.folder / "password"]:
                os.chown(path, account.pw_uid, account.pw_gid)
        self.run(
            "initdb", "-D", self.folder / "data", "-U", USER, "-A", "scram-sha-256",
            f"--pwfile={self.folder}/password", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    def run(self, program, *arguments):
        command = [str(BINARIES / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=120,
            cwd="/")

    def start(self):
        options = (
            f"-p {self.port} -c listen_addresses={HOST} -c fsync=off"
            f" -c unix_socket_directories={self.folder} -c timezone=America/New_York")
        self.run(
            "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options,
            "start")

    def stop(self):
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def sql(self, text):
        done = subprocess.run(
            ["psql", "-h", HOST, "-p", str(self.port), "-U", USER, "-d", "postgres", "-qAt",
             "-v", "ON_ERROR_STOP=1", "-c", text],
            env={**os.environ, "PGPASSWORD": SECRET}, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def address(self):
        return (
            f"host={HOST} port={self.port} dbname=postgres user={USER} password={SECRET}")


@pytest.fixture(scope="module")
def postgresql():
    server = PostgreSQL()
    yield server
    server.stop()
    shutil.rmtree(server.folder)


class Place:
    """A folder with an experience and a store, and commands that run there."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.data, self.experience = folder / "data", folder / "experience.yaml"

    def write(self, sources, beside=""):
        self.experience.write_text(f"experience: Shop\ntimezone: Europe/Berlin\n{beside}{sources}")

    def run(self, *arguments, code=0, timeout=300):
        done = subprocess.run(
            [PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True,
            timeout=timeout, env={**os.environ, "WAYMARK_DATA": str(self.data), **self.environment})
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def pull(self, source, *arguments, code=0):
        return self.run("pull", source, *arguments, code=code)

    def once(self, source):
        done = self.pull(source, "--once", "--format", "json")
        decoder, text, reports = json.JSONDecoder(), done.stdout.strip(), []
        while text:
            report, end = decoder.raw_decode(text)
            reports.append(report)
            text = text[end:].strip()
        return {
            name: sum(each[name] for each in reports)
            for name in ["rows", "taken", "repeated", "refused", "files"]}

    def exported(self):
        lines = self.run("export").stdout.splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def place(tmp_path, postgresql):
    return Place(tmp_path, {"WAYMARK_SOURCE_ORDERS": postgresql.address})


def orders(query="SELECT * FROM orders WHERE id > $1", **others):
    fields = {
        "kind": "postgresql", "query": json.dumps(query), "cursor": "id", "from": "0",
        "every": "1s", "event_name": "Order", "customer": "buyer", "time": "placed", **others}
    lines = "".join(f"    {name}: {value}\n" for name, value in fields.items() if value)
    return "sources:\n  orders:\n" + lines


def wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("It did not come about in time.")


def rows(first, last):
    return (
        "INSERT INTO orders SELECT n, 'c' || n % 100,"
        " '2026-03-01T10:00:00Z'::timestamptz + n * interval '1 second', n * 0.5"
        f" FROM generate_series({first}, {last}) n")


def fill(postgresql, count):
    postgresql.sql(
        "DROP TABLE IF EXISTS orders; CREATE TABLE orders (id bigint PRIMARY KEY, buyer text,"
        f" placed timestamptz, total numeric); {rows(1, count)}")


def cursor(place):
    """How far a server has read the orders."""
    with sqlite3.connect(place.data / "waymark.sqlite", timeout=30) as database:
        row = database.execute("SELECT cursor FROM pulled_sources").fetchone()
    database.close()
    return int(row[0]) if row and row[0] else 0


# Tables


def test_rows_become_events_with_their_types_and_zones(postgresql, place):
    postgresql.sql("""
        DROP TABLE IF EXISTS kinds;
        CREATE TABLE kinds (id int, buyer int, device uuid, kind char(12), at_zone timestamptz,
          at timestamp, day date, whole int8, exact numeric, rough float8, yes boolean, note text,
          document jsonb, list int[], bytes bytea, nothing text);
        INSERT INTO kinds VALUES
          (1, 17, '0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f', 'Bought', '2026-03-01 12:00:00.123456+05',
           '2026-07-01 12:00', '2026-03-01', 9007199254740993, 12.50, 0.1, true, 'ä “x”, \\ y',
           '{"a": {"b": 1, "c": [1, "x"]}, "d": null, "e": "z"}', '{1,2}', '\\xff00', NULL),
          (2, NULL, '0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f', 'Seen', '2026-03-01 12:00:00Z',
           '2026-07-01 12:00', NULL, -5, 'NaN', 'Infinity', false, '', 'null', NULL, NULL, NULL);
        """)
    place.write(orders(
        "SELECT * FROM kinds WHERE id > $1", event_name=None, event="kind", anonymous="device",
        time="at_zone"))
    assert place.once("orders") == {
        "rows": 2, "taken": 2, "repeated": 0, "refused": 0, "files": 0}
    events = {each["event"]: each for each in place.exported()}
    bought, seen = events["Bought"], events["Seen"]
    assert bought["user_id"] == "17"
    assert bought["anonymous_id"] == "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f"
    assert bought["time"] == "2026-03-01T07:00:00.123Z"
    assert bought["properties"] == {
        "at": "2026-07-01T12:00:00", "day": "2026-03-01", "whole": "9007199254740993",
        "exact": 12.5, "rough": 0.1, "yes": True, "note": "ä “x”, \\ y", "document.a.b": 1,
        "document.a.c": '[1,"x"]', "document.e": "z", "list": "{1,2}", "bytes": "\\xff00",
        "id": 1}
    assert seen["properties"] == {
        "at": "2026-07-01T12:00:00", "whole": -5, "exact": "NaN", "rough": "Infinity",
        "yes": False, "note": "", "id": 2}
    # A timestamp without a zone is in that of the source, or else of the experience.
    for zone, time_ in [(None, "10:00"), ("America/New_York", "16:00")]:
        place.write(orders(
            "SELECT id, buyer, at FROM kinds WHERE buyer IS NOT NULL AND id > $1", time="at",
            timezone=zone))
        rows = json.loads(place.pull("orders", "--dry-run", "--format", "json").stdout)
        assert rows == [] or rows[0]["time"] == f"2026-07-01T{time_}:00Z"
        shutil.rmtree(place.data, ignore_errors=True)
    assert rows


def test_a_preview_shows_ten_rows_and_takes_none(postgresql, place):
    fill(postgresql, 30)
    postgresql.sql("UPDATE orders SET buyer = NULL WHERE id = 2")
    place.write(orders())
    text = place.pull("orders", "--dry-run").stdout
    assert "id 1: Order at 2026-03-01T10:00:01Z by user:c1" in text
    assert "id 2, buyer: refused: There is no id in buyer." in text
    assert "total = 0.5" in text and "id 10:" in text and "id 11" not in text
    assert not place.data.exists()


def test_only_new_rows_are_read_and_repeated_ones_count_once(postgresql, place):
    fill(postgresql, 2500)
    place.write(orders())
    assert place.once("orders")["taken"] == 2500
    assert place.once("orders")["rows"] == 0
    postgresql.sql("INSERT INTO orders VALUES (2501, 'c1', now(), 1)")
    assert place.once("orders") == {
        "rows": 1, "taken": 1, "repeated": 0, "refused": 0, "files": 0}
    # A query that looks back a little reads rows again, which have the same message ids.
    place.write(orders("SELECT * FROM orders WHERE id > $1 - 100"))
    report = place.once("orders")
    assert (report["rows"], report["taken"], report["repeated"]) == (100, 0, 100)
    assert len(place.exported()) == 2501


def test_equal_rows_each_count_and_are_never_cut_apart(postgresql, place):
    postgresql.sql("""
        DROP TABLE IF EXISTS clicks;
        CREATE TABLE clicks (at timestamptz, who text);
        INSERT INTO clicks SELECT '2026-03-01T10:00:00Z'::timestamptz
          + (n / 60000) * interval '1 second', 'a' FROM generate_series(1, 119999) n;
        """)
    fields = {"cursor": "at", "from": "2026-01-01", "customer": "who", "time": "at"}
    place.write(orders("SELECT at, who FROM clicks WHERE at > $1", **fields))
    report = place.once("orders")
    # The first look ends within the second value, whose rows are read again by the next.
    assert report["taken"] == 119999 and report["repeated"] > 0
    assert place.once("orders")["rows"] == 0
    postgresql.sql("INSERT INTO clicks SELECT '2026-04-01', 'b' FROM generate_series(1, 100001)")
    done = place.pull("orders", "--once", code=64)
    assert "More than 100000 rows have the value “2026-04-01" in done.stderr


def test_rows_that_cannot_be_taken_are_told_with_their_column(postgresql, place, serve):
    postgresql.sql("""
        DROP TABLE IF EXISTS mixed;
        CREATE TABLE mixed (id int, buyer text, placed text, note text);
        INSERT INTO mixed VALUES (1, 'a', '2026-03-01', repeat('x', 9000)),
          (2, 'null', '2026-03-01', NULL), (3, 'b', 'yesterday', NULL), (4, 'b', NULL, NULL),
          (5, 'c', '2026-03-02', NULL), (NULL, 'd', '2026-03-02', NULL);
        """)
    place.write(orders("SELECT * FROM mixed WHERE id > $1 OR id IS NULL"))
    done = place.pull("orders", "--once")
    assert "orders: 6 rows, 2 new, 4 refused" in done.stdout
    for line in [
        "id 1, note: The value has 9000 bytes", "id 2, buyer: “null” names no customer.",
        "id 3, placed: “yesterday” is no time.", "id 4, placed: There is no time in placed.",
        "id null, id: The cursor has no value in this row."]:
        assert line in done.stderr
    place.write("")
    server = serve(place.data, place.experience)
    admin = set_up(server)
    text = admin.get(server.url + "/sources/refused").text
    assert "id 3: “yesterday” is no time." in text and "field <code>placed</code>" in text
    assert "orders" in admin.get(server.url + "/sources").text


@pytest.mark.parametrize("query, problem", [
    ("SELECT * FROM nowhere WHERE id > $1",
     "relation “nowhere” does not exist, at line 1, column 15 of the query (42P01)"),
    ("SELECT id,\n  buyr FROM orders WHERE id > $1", "line 2, column 3 of the query (42703)"),
    ("SELECT id FROM orders WHERE id > $1", "The query gives no column “buyer”."),
    ("SELECT *, 1 AS buyer FROM orders WHERE id > $1", "two columns called “buyer”"),
    ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone WHERE id > $1", "0A000"),
    ("SELECT * FROM orders WHERE id > $1 AND nextval('counter') > 0", "it may only read"),
    ("SELECT * FROM orders WHERE id > $1) AS x --", "(42601)"),
    ("SELECT * FROM orders WHERE id > $1 AND buyer <> '') AS x; DROP TABLE orders; --",
     "(42601)"),
    ("SELECT * FROM orders WHERE id > $1; DROP TABLE orders", "and something follows"),
    ("SELECT * FROM orders", "has no place for the cursor"),
    ("SELECT * FROM orders WHERE id > $1 -- and no more", None),
    ("SELECT * FROM orders WHERE id > $1;", None),
    ("SELECT * FROM orders WHERE id > $1 ORDER BY id DESC", None),
    ("SELECT n AS id, 'c' AS buyer, now() AS placed FROM generate_series(1, 10000000000) n"
     " WHERE n > $1", "The query took longer than 1s."),
    ("SELECT id, buyer, placed, total / (id - 3) FROM orders WHERE id > $1", "division by zero"),
])
def test_hostile_queries_are_refused_and_change_nothing(postgresql, place, query, problem):
    fill(postgresql, 5)
    postgresql.sql("CREATE SEQUENCE IF NOT EXISTS counter")
    place.write(orders(query, timeout="1s" if problem and "took longer" in problem else "1m"))
    if problem is None:
        assert place.once("orders")["taken"] == 5
    else:
        done = place.pull("orders", "--once", code=64)
        assert problem.replace("“nowhere”", '"nowhere"') in done.stderr
    assert postgresql.sql("SELECT count(*) FROM orders") == "5\n"


def test_nothing_tells_where_a_database_is(postgresql, place, serve):
    fill(postgresql, 3)
    place.write(orders())
    unknown = place.pull("orders", "--once").stdout
    wrong = [
        postgresql.address.replace(SECRET, "another-password"),
        postgresql.address.replace(f"port={postgresql.port}", "port=1"),
        postgresql.address.replace(HOST, "no-such-host.invalid"),
        f"postgresql://{USER}:{SECRET}@{HOST}:notaport/db",
        f"host={HOST} password={SECRET} {SECRET}",
        f"host={HOST} port={postgresql.port} dbname=secret_database user={USER} password={SECRET}",
    ]
    for address in wrong:
        place.environment["WAYMARK_SOURCE_ORDERS"] = address
        for arguments in [["--once"], ["--dry-run"]]:
            done = place.pull("orders", *arguments, code=1)
            told = done.stdout + done.stderr
            for secret in [
                HOST, USER, SECRET, "another-password", "no-such-host", "secret_database"]:
                assert secret not in told, told
    server = serve(place.data, place.experience, environment=place.environment)
    admin = set_up(server)
    page = wait(lambda: (text := admin.get(server.url + "/sources").text) and
                "failed</span>" in text and text)
    assert server.stop() == 0
    stored = b"".join(
        path.read_bytes() for path in place.data.rglob("*") if path.is_file())
    for secret in [USER, SECRET, "secret_database"]:
        assert secret not in page and secret not in "".join(server.lines) + unknown
        assert secret.encode() not in stored
    place.environment.pop("WAYMARK_SOURCE_ORDERS")
    assert "WAYMARK_SOURCE_ORDERS is not set" in place.pull("orders", "--once", code=64).stderr


def test_what_a_database_notices_is_not_told(postgresql, place):
    fill(postgresql, 3)
    postgresql.sql("""
        CREATE OR REPLACE FUNCTION noisy(id bigint) RETURNS bigint LANGUAGE plpgsql AS
        $$ BEGIN RAISE WARNING 'The secret number is %', id; RETURN id; END $$""")
    place.write(orders("SELECT *, noisy(id) AS noise FROM orders WHERE id > $1"))
    done = place.pull("orders", "--once")
    assert "3 new" in done.stdout and "secret number" not in done.stdout + done.stderr


def test_libpq_may_say_where_the_database_is(postgresql, place):
    fill(postgresql, 3)
    place.write(orders())
    passwords = place.folder / "passwords"
    passwords.write_text(f"{HOST}:{postgresql.port}:*:{USER}:{SECRET}\n")
    passwords.chmod(0o600)
    place.environment = {
        "PGHOST": HOST, "PGPORT": str(postgresql.port), "PGUSER": USER, "PGDATABASE": "postgres",
        "PGPASSFILE": str(passwords)}
    assert place.once("orders")["taken"] == 3


def test_a_server_that_is_killed_counts_every_row_once(postgresql, place, serve):
    fill(postgresql, 40_000)
    place.write(orders())
    dice, count = random.Random(1), 40_000
    server = serve(place.data, place.experience, environment=place.environment)
    for _ in range(6):
        before = cursor(place)
        if before >= count:  # a fast machine is given more
            postgresql.sql(rows(count + 1, count + 40_000))
            count += 40_000
        wait(lambda: cursor(place) > before)
        time.sleep(dice.random() * 0.2)
        server.kill()
        server = serve(place.data, place.experience, environment=place.environment)
    postgresql.sql(rows(count + 1, count + 1))
    wait(lambda: cursor(place) == count + 1, 240)
    assert server.stop() == 0
    ids = [each["properties"]["id"] for each in place.exported()]
    assert len(ids) == count + 1 and set(ids) == set(range(1, count + 2))


def test_a_database_that_goes_away_is_waited_for(postgresql, place, serve):
    fill(postgresql, 10)
    place.write(orders())
    server = serve(place.data, place.experience, environment=place.environment)
    admin = set_up(server)

    def page():
        return admin.get(server.url + "/sources").text

    wait(lambda: "badge met" in page())
    postgresql.stop()
    try:
        # A look that was cut off in its midst says so first.
        wait(lambda: (text := page().replace("&#39;", "'")) and "badge missed" in text
             and "PostgreSQL can't be reached" in text)
    finally:
        postgresql.start()
    postgresql.sql("INSERT INTO orders VALUES (11, 'c1', now(), 1)")
    wait(lambda: cursor(place) == 11, 120)
    wait(lambda: "badge met" in page())
    assert server.stop() == 0
    assert len(place.exported()) == 11


def test_the_server_stops_soon_while_a_query_runs(postgresql, place, serve):
    place.write(orders(
        "SELECT 1 AS id, 'c' AS buyer, now() AS placed FROM pg_sleep(600) WHERE 2 > $1",
        timeout="10m"))
    server = serve(place.data, place.experience, environment=place.environment)
    wait(lambda: "1" in postgresql.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'waymark'"))
    assert server.stop(timeout=20) == 0


# Folders


def put(path, text, age=60):
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(data)
    os.utime(path, (time.time() - age, time.time() - age))


@contextlib.contextmanager
def being_written(path):
    """A file to which somebody writes all the time, and which is therefore not complete."""
    ended = threading.Event()

    def touch():
        while not ended.wait(0.2):
            os.utime(path)

    writer = threading.Thread(target=touch, daemon=True)
    writer.start()
    try:
        yield
    finally:
        ended.set()
        writer.join()


CSV = "customer,event,time,total\n"


def drops(place):
    folder = place.folder / "drops"
    folder.mkdir()
    place.environment["WAYMARK_SOURCE_DROPS"] = str(folder)
    place.write("sources:\n  drops: {kind: folder, every: 1s}\n")
    return folder


@pytest.fixture
def bare(tmp_path):
    return Place(tmp_path, {})


def test_files_of_a_folder_are_imported_once_each(bare):
    folder = drops(bare)
    put(folder / "a.csv", CSV + "c1,Order,2026-03-01 10:00,5\nc2,Order,2026-03-01 11:00,6\n")
    put(folder / "b.jsonl.gz", gzip.compress(
        b'{"userId": "c3", "event": "Seen", "timestamp": "2026-03-01T10:00:00Z"}\n'))
    put(folder / "new.csv", CSV + "c9,Order,2026-03-01,5\n", age=0)
    for name in [".hidden.csv", "c.csv.part", "readme.md"]:
        put(folder / name, CSV + "c9,Order,2026-03-01,5\n")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "folder.csv").mkdir()
    with being_written(folder / "new.csv"):
        preview = bare.pull("drops", "--dry-run").stdout
        assert "4 files, 4 of them not imported yet." in preview or "3 files, 3" in preview
        assert "a.csv, event 1: Order at 2026-03-01T09:00:00Z by user:c1" in preview
        report = bare.once("drops")
        assert (report["files"], report["taken"]) == (2, 3)
        assert bare.once("drops")["files"] == 0
        # What changed is read again, and only what is new in it counts.
        put(folder / "a.csv", CSV + "c1,Order,2026-03-01 10:00,5\nc2,Order,2026-03-01 11:00,6\n"
            "c4,Order,2026-03-01 12:00,7\n", age=30)
        os.utime(folder / "b.jsonl.gz")
        report = bare.once("drops")
    assert (report["files"], report["taken"], report["repeated"]) == (1, 1, 2)
    assert {path.name for path in folder.iterdir()} >= {"a.csv", "b.jsonl.gz", "new.csv"}
    assert sorted(each["user_id"] for each in bare.exported()) == ["c1", "c2", "c3", "c4"]


def test_bad_files_are_told_and_left_and_the_others_are_taken(bare, serve):
    folder = drops(bare)
    put(folder / "bad.csv", "what,ever\n1,2\n")
    put(folder / "cut.csv.gz", gzip.compress((CSV + "c1,Order,2026-03-01,5\n" * 9999).encode())[:-20])
    put(folder / "good.csv", CSV + "c1,Order,2026-03-01,5\nc2,Order,never,6\n,Order,2026-03-01,1\n")
    server = serve(bare.data, bare.experience, environment=bare.environment)
    admin = set_up(server)
    page = wait(lambda: (text := admin.get(server.url + "/sources").text) and
                "files left</span>" in text and text)
    assert "<code>bad.csv</code>" in page and "<code>cut.csv.gz</code>" in page
    refused = wait(lambda: (text := admin.get(server.url + "/sources/refused").text) and
                   "good.csv" in text and text)
    assert "good.csv, record 2: “never” is no time." in refused
    assert "good.csv, record 3: There is no id." in refused
    # A file that is put right is taken.
    put(folder / "bad.csv", CSV + "c5,Order,2026-03-02,5\n", age=20)
    wait(lambda: "bad.csv" not in "".join(
        line for line in admin.get(server.url + "/sources").text.splitlines() if "notice" in line))
    assert server.stop() == 0
    assert sorted(each["user_id"] for each in bare.exported()) == ["c1", "c5"]


def test_a_folder_and_clients_bring_events_at_the_same_time(bare, serve):
    folder = drops(bare)
    bare.write(
        "sources:\n  drops: {kind: folder, every: 1s}\n  hook: {kind: webhook,"
        " signature: github, event_name: Sent, customer: who, message_id: n}\n")
    bare.environment["WAYMARK_SOURCE_HOOK"] = HOOK_SECRET
    for number in range(5):
        rows = "".join(f"f{number},Order,2026-03-01 10:00:{n % 60:02},{n}\n" for n in range(3000))
        put(folder / f"{number}.csv", CSV + rows)
    server = serve(bare.data, bare.experience, environment=bare.environment)
    sent = 0
    for number in range(200):
        answer = github(server, {"who": "h", "n": number})
        assert answer.status_code == 200, answer.text
        sent += answer.json()["taken"]
    admin = set_up(server)
    wait(lambda: admin.get(server.url + "/sources").text.count(".csv</th>") == 5)
    assert server.stop() == 0
    names = [each["event"] for each in bare.exported()]
    assert (names.count("Sent"), names.count("Order"), sent) == (200, 15_000, 200)


def test_a_server_that_is_killed_imports_every_record_once(bare, serve):
    folder = drops(bare)
    for number in range(6):
        rows = "".join(
            f"c{n % 50},Order,2026-03-01 10:00:00,{number * 20_000 + n}\n" for n in range(20_000))
        put(folder / f"{number}.csv", CSV + rows)
    dice = random.Random(2)
    for _ in range(6):
        server = serve(bare.data, bare.experience, environment=bare.environment)
        time.sleep(dice.random() * 1.5)
        server.kill()
    server = serve(bare.data, bare.experience, environment=bare.environment)
    admin = set_up(server)
    wait(lambda: "badge met" in admin.get(server.url + "/sources").text, 120)
    assert server.stop() == 0
    totals = [each["properties"]["total"] for each in bare.exported()]
    assert len(totals) == 120_000 and set(totals) == set(range(120_000))


# Webhooks


def sign(body, secret=HOOK_SECRET):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def github(server, payload, name="hook", secret=HOOK_SECRET, headers=None):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return requests.post(
        f"{server.url}/hooks/{name}", data=body, timeout=30,
        headers={"X-Hub-Signature-256": "sha256=" + sign(body, secret),
                 "Content-Type": "application/json", **(headers or {})})


def stripe(server, payload, at=None, name="payments", secret=HOOK_SECRET):
    body, at = json.dumps(payload).encode(), int(time.time() if at is None else at)
    code = sign(f"{at}.".encode() + body, secret)
    return requests.post(
        f"{server.url}/hooks/{name}", data=body, timeout=30,
        headers={"Stripe-Signature": f"t={at},v1={'0' * 64},v1={code}"})


HOOKS = """sources:
  hook:
    kind: webhook
    signature: github
    event: header:X-GitHub-Event
    customer: sender.login
    time: at
  payments:
    kind: webhook
    signature: stripe
    only: [invoice.paid, charge.refunded]
    event: type
    customer: data.object.customer
    time: created
    message_id: id
    properties: {amount: data.object.amount}
  list:
    kind: webhook
    signature: {header: X-Signature, encoding: base64}
    each: items
    event_name: Scanned
    customer: who
    message_id: n
  closed:
    kind: webhook
    signature: github
    event_name: x
    customer: y
"""


@pytest.fixture
def hooks(bare, serve):
    bare.write(HOOKS)
    bare.environment = {
        f"WAYMARK_SOURCE_{name}": HOOK_SECRET for name in ["HOOK", "PAYMENTS", "LIST"]}
    return bare, serve(bare.data, bare.experience, environment=bare.environment)


def paid(number, **others):
    return {
        "id": f"evt_{number}", "type": "invoice.paid", "created": 1772000000 + number,
        "data": {"object": {"customer": f"cus_{number}", "amount": 100 * number}}, **others}


def test_webhooks_are_believed_by_their_signatures_alone(hooks):
    place, server = hooks
    push = {"sender": {"login": "ada"}, "at": "2026-03-01T10:00:00Z", "size": 3}
    answer = github(server, push, headers={"X-GitHub-Event": "push"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"taken": 1, "repeated": 0, "refused": 0, "nothing": 0, "items": []}
    again = github(server, push, headers={"X-GitHub-Event": "push"})
    assert again.json()["repeated"] == 1
    assert stripe(server, paid(1)).json()["taken"] == 1
    assert stripe(server, paid(1)).json()["repeated"] == 1
    assert stripe(server, paid(2, type="customer.created")).json()["nothing"] == 1
    for answer in [
        github(server, push, secret="another secret that is long"),
        github(server, push, headers={"X-Hub-Signature-256": ""}),
        stripe(server, paid(3), at=time.time() - 600), stripe(server, paid(3), at=time.time() + 600),
        stripe(server, paid(3), secret="another secret that is long"),
        github(server, paid(3), name="payments"),
        requests.post(server.url + "/hooks/payments", json=paid(3), timeout=30),
    ]:
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] in ("hook.signature", "hook.timestamp")
        assert HOOK_SECRET not in answer.text
    assert github(server, push, name="nowhere").status_code == 404
    closed = github(server, push, name="closed")
    assert closed.status_code == 503 and "WAYMARK_SOURCE_CLOSED" in closed.json()["detail"]
    admin = set_up(server)
    text = admin.get(server.url + "/sources").text
    assert text.count("Requests that were not signed as they should be") == 2
    # What was answered is on the disk.
    server.kill()
    assert sorted(each["event"] for each in place.exported()) == ["invoice.paid", "push"]
    event = [each for each in place.exported() if each["event"] == "invoice.paid"][0]
    assert event["user_id"] == "cus_1" and event["properties"] == {"amount": 100}
    assert HOOK_SECRET not in "".join(server.lines)


def test_webhooks_answer_with_the_path_that_is_missing(hooks):
    place, server = hooks
    nobody = stripe(server, {"type": "invoice.paid", "created": 1772000000, "data": {}})
    assert nobody.status_code == 422
    assert nobody.json()["detail"] == "There is no id in data.object.customer."
    late = stripe(server, {**paid(1), "created": "soon"})
    assert late.status_code == 422 and late.json()["detail"] == "“soon” is no time."
    for body, status in [
        (b"{", 400), (b"", 400), (b"\xff\xfe", 400), (b"[]", 422), (b"null", 422),
        (b'{"a":' * 5000, 422), (b'{"sender": {"login": "\\ud800"}}', 400)]:
        answer = github(server, body, headers={"X-GitHub-Event": "push"})
        assert answer.status_code == status, (body[:40], answer.text)
        assert answer.json()["remedy"]
    long = requests.post(
        server.url + "/hooks/hook", data=b"x" * (11 << 20), timeout=60)
    assert long.status_code == 413
    admin = set_up(server)
    wait(lambda: "There is no id in data.object.customer." in admin.get(
        server.url + "/sources/refused").text)


def test_a_list_is_taken_item_by_item(hooks):
    place, server = hooks

    def send(items):
        body = json.dumps({"items": items}).encode()
        code = base64.b64encode(
            hmac.new(HOOK_SECRET.encode(), body, hashlib.sha256).digest()).decode()
        return requests.post(
            server.url + "/hooks/list", data=body, headers={"X-Signature": code}, timeout=30)

    answer = send([{"who": "a", "n": 1}, {"who": "", "n": 2}, {"who": "a", "n": 1}, {"n": 3}])
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["taken"], told["repeated"], told["refused"]) == (1, 1, 2)
    assert [each["index"] for each in told["items"]] == [1, 3]
    assert told["items"][1]["field"] == "who"
    assert send([{"n": 1}] * 10_001).status_code == 413
    assert send([]).json()["taken"] == 0


def test_a_body_can_be_looked_at_before_it_is_sent(bare):
    bare.write(HOOKS)
    file = bare.folder / "event.json"
    file.write_text(json.dumps(paid(7)))
    text = bare.pull("payments", "--dry-run", "--body", str(file)).stdout
    assert "item 0: invoice.paid at 2026-02-25T06:13:27Z by user:cus_7" in text
    assert "amount = 700" in text
    assert "is a webhook" in bare.pull("payments", "--once", code=64).stderr
    assert "Did you mean payments?" in bare.pull("payment", "--once", code=64).stderr


# Together


def test_a_mistake_in_the_experience_loses_no_request(hooks):
    place, server = hooks
    assert stripe(server, paid(1)).status_code == 200
    for text in ["\tnot: yaml", HOOKS.replace("customer: data.object.customer", "custmer: x")]:
        place.write(text)
        assert stripe(server, paid(2)).status_code == 200
    place.write("")
    assert stripe(server, paid(3)).status_code == 404


def test_the_page_shows_how_sources_stand(postgresql, place, serve, page):
    fill(postgresql, 12)
    postgresql.sql("INSERT INTO orders VALUES (13, '', now(), 1)")
    folder = place.folder / "drops"
    folder.mkdir()
    put(folder / "bad <b>file.csv", "what,ever\n1,2\n")
    place.environment |= {
        "WAYMARK_SOURCE_DROPS": str(folder), "WAYMARK_SOURCE_HOOK": HOOK_SECRET}
    place.write(
        orders(title="Orders of the shop", every="1h") + "  drops: {kind: folder}\n"
        + "  lost: {kind: folder}\n" + HOOKS.removeprefix("sources:\n"))
    server = serve(place.data, place.experience, environment=place.environment)
    set_up(server)
    sign_in(page, server)
    github(server, {}, secret="another secret that is long")
    page.goto(server.url + "/sources")
    row = page.get_by_role("row").filter(has_text="Orders of the shop")
    wait(lambda: page.reload() and page.get_by_text("files left").count() == 1
         and row.get_by_text("well", exact=True).count() == 1)
    assert row.get_by_role("cell").all_inner_texts()[3:] == ["13", "12", "0", "1"]
    assert "in " in row.get_by_role("cell").nth(2).inner_text()
    notes = " ".join(page.locator("p.notice").all_inner_texts())
    assert "WAYMARK_SOURCE_CLOSED is not set" in notes
    assert str(folder) not in page.content()
    assert "WAYMARK_SOURCE_LOST is not set" in notes and "bad <b>file.csv" in notes
    assert "not signed as they should be, since the start: 1" in notes
    assert_for_everybody(page, server.url + "/sources")
