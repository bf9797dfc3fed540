"""The configuration of nginx that ships, in a real nginx in front of a real server and browser."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time

import pytest
import requests
from collecting import basic, exported, free_port, names, write_key
from conftest import PASSWORD, ROOT, assert_accessible

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
SITE = ROOT / "packaging/nginx.conf"

MAIN = """\
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


class Proxy:
    """A running nginx with TLS by a certificate of its own, and the server behind it."""

    def __init__(self, folder, serve, shop):
        self.folder = folder
        self.plain, self.port = free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        self.certificate = str(folder / "waymark.pem")
        self.server = serve(
            shop / ".waymark", shop / "experience.yaml", environment={
                "WAYMARK_PUBLIC_ADDRESS": self.url, "WAYMARK_TRUSTED_PROXIES": "127.0.0.1"})
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost", "-keyout", folder / "waymark.key",
             "-out", self.certificate], check=True, capture_output=True, timeout=60)
        (folder / "site.conf").write_text(self._site())
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
        self.process = subprocess.Popen(
            [NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE, text=True)
        self._wait()

    def _site(self):
        """The file that ships, with other ports, another name and another certificate only."""
        text = SITE.read_text()
        for old, new in [
            ("127.0.0.1:8080", self.server.url.removeprefix("http://")),
            ("  listen [::]:80;\n", ""), ("  listen [::]:443 ssl http2;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("journeys.example.com", "localhost"),
            ("/etc/ssl/certs/waymark.pem", self.certificate),
            ("/etc/ssl/private/waymark.key", str(self.folder / "waymark.key")),
        ]:
            assert old in text, old
            text = text.replace(old, new)
        return text

    def _wait(self):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError(self.process.stderr.read())

    def ask(self, path, source="127.0.0.2", **headers):
        """Asks nginx from another address than that of the server's proxy."""
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection(
            "localhost", self.port, timeout=30, source_address=(source, 0), context=context)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def client_in_log(self, request):
        """Who asked, as the log of the server says."""
        return json.loads(self.server.said("{", f'"request":"{request}"'))["client"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def proxy(tmp_path, serve, shop_copy):
    folder = tmp_path / "nginx"
    folder.mkdir(mode=0o755)
    proxy = Proxy(folder, serve, shop_copy)
    yield proxy
    proxy.stop()


def test_running_proxy_carries_sign_in_and_pages_by_tls(proxy, browser):
    # Chromium doesn't know the certificate; that it is the right one is tested below.
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    link = proxy.server.setup_link()
    assert link.startswith(proxy.url + "/setup?token=")
    page.goto(link)
    page.get_by_label("Your name").fill("Ada Admin")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").click()
    page.wait_for_url("**/journeys")
    assert page.url.startswith(proxy.url)
    cookies = [each for each in context.cookies() if "session" in each["name"]]
    assert cookies and all(each["secure"] and each["httpOnly"] for each in cookies), cookies
    page.goto(proxy.url + "/journeys/first_order")
    page.wait_for_selector(".live[data-state=on]", timeout=20_000)
    assert_accessible(page)
    page.goto(proxy.url + "/settings/account")
    page.get_by_role("button", name="Sign out", exact=False).first.click()
    page.wait_for_url("**/sign-in**")
    context.close()
    plain = requests.get(
        f"http://127.0.0.1:{proxy.plain}/journeys?a=b", headers={"Host": "localhost"},
        allow_redirects=False, timeout=30)
    assert plain.status_code == 301
    assert plain.headers["Location"] == "https://localhost/journeys?a=b"
    answer = requests.get(proxy.url + "/health", verify=proxy.certificate, timeout=30)
    assert answer.status_code == 200 and answer.json()["status"] == "ok"
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert (proxy.folder / "access.log").read_text() == ""


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # which are old, as is wanted here
def test_running_proxy_speaks_http_2_and_no_old_tls(proxy):
    context = ssl.create_default_context(cafile=proxy.certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("localhost", proxy.port), timeout=30) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            assert secure.selected_alpn_protocol() == "h2"
            assert secure.version() in ("TLSv1.2", "TLSv1.3")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("localhost", proxy.port), timeout=30) as plain:
        with pytest.raises(ssl.SSLError):
            old.wrap_socket(plain)


def signed_in(proxy):
    """A session of the first member, made through the proxy."""
    session = requests.Session()
    session.trust_env = False  # a bundle of certificates named there would win
    session.verify = proxy.certificate
    answer = session.post(
        proxy.server.setup_link(),
        data={"name": "Ada", "email": "ada@example.com", "password": PASSWORD},
        allow_redirects=False, timeout=30)
    assert answer.status_code == 303, answer.text
    return session


def test_running_proxy_passes_events_of_streams_on_at_once(proxy):
    session = signed_in(proxy)
    key = write_key(proxy.server)
    with session.get(
        proxy.url + "/journeys/first_order/live", stream=True, timeout=30,
        headers={"Accept": "text/event-stream"},
    ) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        # Nothing more comes until something happens, so what was gathered would never arrive.
        assert next(line for line in lines if line.startswith("event:")) == "event: state"
        sent = session.post(
            proxy.url + "/v1/events", json={"event": "Ad Clicked", "userId": "u1"},
            headers=basic(key), timeout=30)
        assert sent.json()["taken"] == 1
        assert next(line for line in lines if line.startswith("event:")) == "event: changed"
        assert proxy.server.stop() == 0
        assert "event: bye" in [line for line in lines if line]


def test_running_proxy_alone_is_believed_who_asks(proxy):
    # What nginx says is believed, and nginx says who connected to it.
    answer = proxy.ask("/health")
    assert proxy.client_in_log(answer.headers["X-Request-Id"]) == "127.0.0.2"
    answer = proxy.ask("/health", **{"X-Forwarded-For": "9.9.9.9, 127.0.0.1"})
    assert proxy.client_in_log(answer.headers["X-Request-Id"]) == "127.0.0.2"
    # Whoever goes around it isn't believed.
    host, port = proxy.server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(
        host, int(port), timeout=30, source_address=("127.0.0.3", 0))
    connection.request("GET", "/health", headers={
        "X-Forwarded-For": "9.9.9.9", "X-Request-Id": "around"})
    assert connection.getresponse().status == 200
    connection.close()
    assert proxy.client_in_log("around") == "127.0.0.3"


def test_running_proxy_limits_sign_in_by_who_asks(proxy):
    signed_in(proxy)
    context = ssl.create_default_context(cafile=proxy.certificate)

    def attempt(number, source):
        connection = http.client.HTTPSConnection(
            "localhost", proxy.port, timeout=30, source_address=(source, 0), context=context)
        connection.request(
            "POST", "/sign-in", f"email=a{number}%40example.com&password=wrong-wrong-wrong",
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html",
             "X-Forwarded-For": f"10.0.0.{number}"})
        status = connection.getresponse().status
        connection.close()
        return status

    statuses = [attempt(number, "127.0.0.2") for number in range(40)]
    # One whose wait is over may be let through in between.
    assert statuses[0] != 429 and 429 in statuses, statuses
    assert attempt(41, "127.0.0.4") != 429


@pytest.mark.parametrize("size, words", [(10 << 20, "body.length"), (12 << 20, "nginx")])
def test_running_proxy_refuses_bodies_that_are_too_long(proxy, size, words):
    key = write_key(proxy.server)
    body = b'{"event": "long", "userId": "u1", "properties": {"text": "' + b"x" * size + b'"}}'
    answer = requests.post(
        proxy.url + "/v1/events", data=body, verify=proxy.certificate, timeout=60,
        headers={**basic(key), "Content-Type": "application/json"})
    assert answer.status_code == 413
    assert words in answer.text, answer.text[:300]
    assert proxy.server.stop() == 0
    assert "long" not in names(exported(proxy.server.data))


def test_running_proxy_tells_when_the_server_is_away(proxy):
    assert proxy.server.stop() == 0
    answer = requests.get(proxy.url + "/health", verify=proxy.certificate, timeout=30)
    assert answer.status_code == 502
