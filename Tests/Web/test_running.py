"""Starting and stopping a server, and what its packaging says of it."""

import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import time

import pytest
import requests
from collecting import EXPERIENCE, basic, exported, free_port, names, write_key
from conftest import PROGRAM, ROOT, set_up

PACKAGING = ROOT / "packaging"


@pytest.fixture
def place(tmp_path):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE + "journeys:\n  visit: {steps: [web]}\n")
    return tmp_path / "data", tmp_path / "experience.yaml"


class HalfSent:
    """A request that brings an event, of which the last bytes are not sent yet."""

    def __init__(self, server, key, event):
        body = json.dumps({"event": event, "userId": "u1", "messageId": event}).encode()
        host, port = server.url.removeprefix("http://").split(":")
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Authorization: {basic(key)['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n")
        self.socket = socket.create_connection((host, int(port)), timeout=30)
        self.socket.sendall(head.encode() + body[:-5])
        self.rest = body[-5:]

    def wait_until_read(self, seconds=20):
        """Waits until the server has read what was sent: nothing waits in its socket."""
        near, far = self.socket.getsockname()[1], self.socket.getpeername()[1]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
                _, local, remote, _, waiting, *_ = line.split()
                if local.endswith(f":{far:04X}") and remote.endswith(f":{near:04X}"):
                    if waiting.endswith(":00000000"):
                        return time.sleep(0.3)  # what was read is understood a moment later
            time.sleep(0.02)
        raise AssertionError("The server did not read what was sent.")

    def finish(self):
        self.socket.sendall(self.rest)
        answer = b""
        while piece := self.socket.recv(65536):
            answer += piece
        return answer.decode()


def no_longer_accepts(server, seconds=20):
    """Waits until nobody can connect any more."""
    host, port = server.url.removeprefix("http://").split(":")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.02)
    return False


def test_running_ends_when_what_was_begun_is_finished(serve, place):
    server = serve(*place)
    session = set_up(server)
    key = write_key(server)
    stream = session.get(
        server.url + "/journeys/visit/live", stream=True, timeout=30,
        headers={"Accept": "text/event-stream"})
    assert stream.status_code == 200, stream.text
    lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
    assert next(line for line in lines if line.startswith("event:")) == "event: state"
    request = HalfSent(server, key, "begun")
    request.wait_until_read()
    server.process.send_signal(signal.SIGTERM)
    told = [line for line in lines if line]
    assert "event: bye" in told, told
    assert no_longer_accepts(server)
    assert server.process.poll() is None
    answer = request.finish()
    assert answer.startswith("HTTP/1.1 200"), answer
    assert json.loads(answer.split("\r\n\r\n")[1])["taken"] == 1
    assert server.process.wait(timeout=30) == 0
    assert names(exported(place[0])) == {"begun": 1}


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_running_ends_at_once_when_told_twice(serve, place, second):
    server = serve(*place)
    key = write_key(server)
    sent = requests.post(
        server.url + "/v1/events", json={"event": "acknowledged", "userId": "u1"}, timeout=30,
        headers=basic(key))
    assert sent.json()["taken"] == 1
    request = HalfSent(server, key, "cut off")
    request.wait_until_read()
    server.process.send_signal(signal.SIGTERM)
    assert no_longer_accepts(server)
    assert server.process.poll() is None
    server.process.send_signal(second)
    assert server.process.wait(timeout=20) == 128 + second
    request.socket.close()
    assert names(exported(place[0])) == {"acknowledged": 1}


def test_running_takes_settings_from_everywhere(serve, place, tmp_path):
    file = tmp_path / "waymark.yaml"
    file.write_text("limits: {body: 2048}\nlog: {form: text, level: warning}\nhost: 192.0.2.1\n")
    server = serve(
        *place, "--config", str(file), "--set", "log.level=info",
        environment={"WAYMARK_HOST": "127.0.0.1", "WAYMARK_HOTS": "x"})
    key = write_key(server)
    long = requests.post(
        server.url + "/v1/events", data=b" " * 3000, headers=basic(key), timeout=30)
    assert long.status_code == 413
    assert server.stop() == 0
    server.said("WAYMARK_HOTS is no setting")
    server.said(" info answered ", "path=/v1/events", "status=413")


def test_running_has_more_connections_than_a_shell_allows(serve, place):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    try:
        server = serve(*place)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    host, port = server.url.removeprefix("http://").split(":")
    connections = [socket.create_connection((host, int(port)), timeout=20) for _ in range(300)]
    for connection in connections:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    # None is closed before all are answered: a place that became free would be another's.
    assert {connection.recv(12) for connection in connections} == {b"HTTP/1.1 200"}
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("host, said", [
    ("8.8.8.8", "doesn't have that address"), ("nonsense.invalid", "no such address or name")])
def test_running_says_where_it_cannot_listen(place, host, said):
    run = subprocess.run(
        [PROGRAM, "serve", "--data", place[0], "--experience", place[1], "--host", host],
        capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and said in run.stderr and host in run.stderr, run.stderr


def first_answer(data, experience):
    """Milliseconds from the start of the process to the first byte of an answer."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [PROGRAM, "serve", "--data", data, "--experience", experience, "--port", str(port)],
        stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - begun < 60:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    assert connection.recv(8) == b"HTTP/1.1"
                    return (time.perf_counter() - begun) * 1000
            except ConnectionRefusedError:
                time.sleep(0.001)
        raise AssertionError("The server did not answer.")
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_running_answers_soon_after_its_start(shop_copy):
    times = sorted(
        first_answer(shop_copy / ".waymark", shop_copy / "experience.yaml") for _ in range(5))
    print(f"\nfirst byte after {times[2]:.0f} ms (median of 5; worst {times[-1]:.0f})")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_running_unit_is_understood_and_shut_in(tmp_path):
    text = (PACKAGING / "waymark.service").read_text()
    unit = tmp_path / "waymark.service"
    unit.write_text(
        text.replace("/usr/local/bin/waymark", PROGRAM).replace("man:waymark(1)", "https://x.test"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    assert verified.returncode == 0 and verified.stderr == "", verified.stderr
    # 10 is a service that may do all; systemd calls less than 2 "OK".
    secure = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit],
        capture_output=True, text=True, timeout=60)
    assert secure.returncode == 0, secure.stdout[-500:]


def test_running_example_of_settings_is_read(tmp_path):
    def shown(file):
        run = subprocess.run(
            [PROGRAM, "serve", "--config", file, "--show-configuration"],
            capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        return run.stdout

    example = (PACKAGING / "waymark.yaml").read_text()
    assert "data: /var/lib/waymark/data" in shown(PACKAGING / "waymark.yaml")
    everything = tmp_path / "all.yaml"
    everything.write_text(re.sub(r"(?m)^# (\w+: )", r"\1", example))
    assert 'public_address: "https://journeys.example.com"' in shown(everything)


def container_lines():
    return re.sub(r"\\\n", " ", (PACKAGING / "Containerfile").read_text()).splitlines()


def test_running_container_knows_whether_it_is_well(serve, place):
    server = serve(*place)
    line = next(line for line in container_lines() if line.startswith("HEALTHCHECK"))
    command = json.loads(line.split("CMD ")[1])
    port = server.url.rsplit(":", 1)[1]
    environment = {"PATH": os.environ["PATH"], "WAYMARK_PORT": port}
    assert subprocess.run(command, env=environment, timeout=30).returncode == 0
    assert server.stop() == 0
    assert subprocess.run(
        command, env=environment, timeout=30, stderr=subprocess.DEVNULL).returncode != 0


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="the container's packages are Debian's")
def test_running_container_has_every_library():
    line = [line for line in container_lines() if "apt-get install" in line][-1]
    waiting = set(re.search(r"recommends (.*?)&&", line).group(1).split()) | {"libc6"}
    installed = set()
    while waiting:
        package = waiting.pop()
        installed.add(package)
        needed = subprocess.run(
            ["dpkg-query", "-W", "-f=${Depends}", package], capture_output=True, text=True,
            timeout=60).stdout
        waiting |= {each.split()[0].split(":")[0] for each in needed.split(", ") if each} - installed
    libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    for path in re.findall(r"=> (/\S+)", libraries):
        file = pathlib.Path(path).resolve()
        # The program of a release has Swift's own libraries in itself.
        if "swift" in str(file) or "Foundation" in file.name or file.name.startswith(
                ("libdispatch", "libBlocksRuntime")):
            continue
        owners = [
            subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, timeout=60).stdout
            for name in (str(file), str(file).removeprefix("/usr"))]
        owner = next(text for text in owners if text).split(":")[0]
        assert owner in installed, f"{owner}, for {file.name}, is not in packaging/Containerfile"


def test_running_is_installed_with_its_unit(tmp_path):
    subprocess.run(
        ["make", "-o", "release", "install", f"PROGRAM={PROGRAM}", f"DESTDIR={tmp_path}",
         "PREFIX=/opt/waymark"], cwd=ROOT, check=True, capture_output=True, timeout=300)
    unit = (tmp_path / "opt/waymark/lib/systemd/system/waymark.service").read_text()
    assert "ExecStart=/opt/waymark/bin/waymark serve" in unit
    assert os.access(tmp_path / "opt/waymark/bin/waymark", os.X_OK)
    assert (tmp_path / "opt/waymark/share/waymark/nginx.conf").exists()
