"""Streams of events end when whoever listens may do so no longer."""

import re
import shutil
import threading
import time

import pytest
import requests
from conftest import PASSWORD, ROOT, set_up, sign_in, token_of

# The stream looks once a second; the rest is what a busy machine may need.
SECONDS = 15


@pytest.fixture
def server(serve, tmp_path):
    file = tmp_path / "experience.yaml"
    shutil.copy(ROOT / "Sources/Companies/Experiences/shop.yaml", file)
    server = serve(tmp_path / "data", file)
    server.admin = set_up(server)
    return server


def post(server, session, path, origin="/settings/account", **fields):
    token = token_of(session.get(server.url + origin).text)
    return session.post(
        server.url + path, data={"csrf": token, **fields}, allow_redirects=False, timeout=30)


def member(server, role):
    page = post(
        server, server.admin, "/settings/members", name="Eddi", email="e@example.com", role=role)
    link = re.search(r'id="secret">([^<]+)<', page.text).group(1)
    requests.post(
        link.split("?")[0], data={"token": link.split("token=")[1], "password": PASSWORD})
    session = requests.Session()
    session.post(server.url + "/sign-in", data={"email": "e@example.com", "password": PASSWORD})
    text = server.admin.get(server.url + "/settings/members").text
    row = next(part for part in text.split("<tr>") if "e@example.com" in part)
    return session, re.search(r"/settings/members/(\d+)/", row).group(1)


class Listener:
    """Listens to a stream until it ends."""

    def __init__(self, server, path, **options):
        self.lines = []
        self.begun, self.ended = threading.Event(), threading.Event()
        self.answer = requests.get(
            server.url + path, stream=True, timeout=60,
            headers={"Accept": "text/event-stream", **options.pop("headers", {})}, **options)
        assert self.answer.status_code == 200, self.answer.text
        threading.Thread(target=self.listen, daemon=True).start()
        assert self.begun.wait(SECONDS)

    def listen(self):
        for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
            self.lines.append(line)
            self.begun.set()
        self.ended.set()

    def hears_goodbye(self):
        return (self.ended.wait(SECONDS)
                and self.lines[-3:] == ["event: bye", 'data: {"reason":"access"}', ""])


def test_streams_end_with_the_right_to_them(server):
    eddi, number = member(server, "editor")
    cookies = eddi.cookies.get_dict()
    changes = Listener(server, "/changes", cookies=cookies)
    items = Listener(server, "/sources/live/events", cookies=cookies)
    own = Listener(server, "/changes", cookies=server.admin.cookies.get_dict())
    form = {"origin": "/settings/members", "role": "viewer"}
    assert post(server, server.admin, f"/settings/members/{number}/role", **form).status_code == 303
    assert items.hears_goodbye()
    assert not changes.ended.is_set()
    assert post(server, server.admin, f"/settings/members/{number}/disable").status_code == 303
    assert changes.hears_goodbye()
    assert not own.ended.is_set()
    assert server.stop() == 0
    assert own.ended.wait(SECONDS) and own.lines[-3:] == ["event: bye", "data: {}", ""]


def test_streams_end_with_the_session_and_the_token(server):
    eddi, _ = member(server, "editor")
    other = requests.Session()
    other.post(server.url + "/sign-in", data={"email": "e@example.com", "password": PASSWORD})
    first = Listener(server, "/changes", cookies=eddi.cookies.get_dict())
    second = Listener(server, "/changes", cookies=other.cookies.get_dict())
    page = post(server, eddi, "/settings/tokens", **{"name": "t", "days": "7", "scope-read": "on"})
    secret = re.search(r'id="secret">([^<]+)<', page.text).group(1)
    bearer = {"Authorization": f"Bearer {secret}"}
    third = Listener(server, "/journeys/first_order/live", headers=bearer)
    number = re.search(r"/settings/tokens/(\d+)/revoke", page.text).group(1)
    assert post(server, eddi, f"/settings/tokens/{number}/revoke").status_code == 303
    assert third.hears_goodbye()
    assert post(server, eddi, "/settings/account/sessions/end").status_code == 303
    assert second.hears_goodbye()
    assert not first.ended.is_set()
    assert post(server, eddi, "/sign-out").status_code == 303
    assert first.hears_goodbye()


def test_a_page_says_that_its_stream_ended(server, page):
    sign_in(page, server)
    page.goto(server.url + "/sources/live")
    page.wait_for_function("document.querySelector('.live').dataset.state === 'on'")
    session = page.context.request
    form = token_of(session.get(server.url + "/settings/account").text())
    assert session.post(server.url + "/sign-out", form={"csrf": form}).ok
    page.get_by_text("signed out, or no longer allowed").wait_for(timeout=SECONDS * 1000)
    time.sleep(3)  # longer than a browser waits before it asks again
