"""A real server process, a real browser, and a made-up shop to look at.

Run by `make test-web`; the program under test is `.build/debug/waymark`, or what WAYMARK names.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WAYMARK", str(ROOT / ".build/debug/waymark"))
CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
PASSWORD = "correct horse battery staple"
START_SECONDS = 60


class Server:
    """A running `waymark serve`, with what it wrote to its log."""

    def __init__(self, data, experience, *arguments, port=0, environment=None):
        command = [PROGRAM, "serve", "--data", str(data), "--experience", str(experience)]
        command += ["--port", str(port), *arguments]
        self.data = pathlib.Path(data)
        self.lines = []
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env={**os.environ, **(environment or {})})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.url = self._wait(r"Waymark serves (http://\S+)")

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def _wait(self, pattern):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            for line in list(self.lines):
                if found := re.search(pattern, line):
                    return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("The server did not start:\n" + "\n".join(self.lines))

    def said(self, *words, seconds=20):
        """The first line of the log with all of the words; what is logged is read a moment later."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in list(self.lines):
                if all(word in line for word in words):
                    return line
            time.sleep(0.02)
        raise AssertionError(f"The log has no line with {words}:\n" + "\n".join(self.lines))

    def setup_link(self):
        """The link by which the first member is made, as the server printed it."""
        return self._wait(r"(https?://\S+/setup\S*)")

    def stop(self, timeout=30):
        """Asks the server to end and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=timeout)
        self.reader.join(timeout=30)
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """The folder of a made-up shop with 2,000 customers."""
    folder = tmp_path_factory.mktemp("shop") / "shop"
    subprocess.run(
        [PROGRAM, "demo", "--company", "shop", "--customers", "2000", "--folder", str(folder)],
        check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture
def serve(tmp_path):
    """Starts servers, and ends those that still run."""
    servers = []

    def start(data, experience, *arguments, **options):
        server = Server(data, experience, *arguments, **options)
        servers.append(server)
        return server

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture
def shop_copy(shop, tmp_path):
    """The shop in a folder of the test's own."""
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder)
    return folder


def set_up(server, name="Ada Admin", email="ada@example.com"):
    """Makes the first member; the answer is a session that is signed in."""
    session = requests.Session()
    link = server.setup_link()
    page = session.get(link)
    assert page.status_code == 200, page.text
    answer = session.post(
        link, data={"name": name, "email": email, "password": PASSWORD}, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return session


def token_of(page_text):
    """The token that a page's forms carry."""
    return re.search(r'<meta name="csrf" content="([^"]*)"', page_text).group(1)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page that fails the test where a script failed or the console told an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: problems.append(f"console: {message.text}")
        if message.type == "error" else None)
    yield page
    context.close()
    assert not problems, problems


def sign_in(page, server, email="ada@example.com"):
    """Signs a browser in."""
    page.goto(server.url + "/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/journeys")


def assert_accessible(page):
    """Fails where axe finds what keeps people from using the page."""
    found = Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert not grave, [(each["id"], [node["html"] for node in each["nodes"]]) for each in grave]


def assert_for_everybody(page, address):
    """Fails where a page has no one heading, is wider than its window, or shuts somebody out."""
    for width in [1280, 360]:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        # A tile that is still on its way is faded.
        page.wait_for_function("""() => [...document.querySelectorAll("[data-tile]")].every(
            (each) => each.hasAttribute("data-shown"))""", timeout=120_000)
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
        assert_accessible(page)
