"""Sources: who sends what, what was refused and why, and what comes in right now."""

import shutil
import sqlite3

import pytest
import requests

from conftest import ROOT, assert_for_everybody, set_up, sign_in
from test_people import invite, join, post

FORM = {"Accept": "text/html"}


def collected(data):
    """Writes into the store what a collector would have written down."""
    with sqlite3.connect(data / "waymark.sqlite") as database:
        key, = database.execute("SELECT max(id) FROM write_keys").fetchone()
        database.execute(
            "INSERT INTO collection_sources (kind, id, taken, refused, last)"
            " VALUES ('write-key', ?, 1234, 2, 1767225600000)", (key,))
        database.executemany(
            "INSERT INTO collected_names (kind, id, event, taken, last)"
            " VALUES ('write-key', ?, ?, ?, 1767225600000)",
            [(key, "Order <b>Completed</b>", 1000), (key, "", 234)])
        database.executemany(
            "INSERT INTO refused_items (kind, id, at, dialect, code, problem, field, item)"
            " VALUES ('write-key', ?, 1767225600000, 'segment', ?, ?, ?, ?)",
            [(key, "time.form", "“yesterday” is no time.", "timestamp",
              '{"event": "<script>alert(1)</script>"}'),
             (key, "identity.missing", "The event names nobody.", None, "{}")])
    database.close()


@pytest.fixture
def filled(serve, tmp_path):
    """A server whose store knows a key that sent something; signed in as its admin."""
    file = tmp_path / "experience.yaml"
    shutil.copy(ROOT / "Sources/Companies/Experiences/shop.yaml", file)
    server = serve(tmp_path / "data", file)
    admin = set_up(server)
    post(admin, server, "/settings/keys", name="Web shop")
    post(admin, server, "/settings/keys", name="Silent app")
    post(admin, server, "/settings/keys", name="Old site")
    assert server.stop() == 0
    collected(tmp_path / "data")
    server = serve(tmp_path / "data", file)
    return server, admin


def test_sources_are_listed_with_what_they_sent(filled):
    server, admin = filled
    text = admin.get(server.url + "/sources").text
    assert "Old site" in text and "1,234" in text
    assert "Silent app" in text
    assert "Order &lt;b&gt;Completed&lt;/b&gt;" in text and "all further names" in text


def test_refused_items_say_why_and_what_to_do(filled):
    server, admin = filled
    text = admin.get(server.url + "/sources/refused").text
    assert "“yesterday” is no time." in text and "The event names nobody." in text
    assert "ISO 8601" in text
    assert "<script>alert" not in text
    text = admin.get(server.url + "/sources/refused?code=time.form").text
    assert "yesterday" in text and "names nobody" not in text
    text = admin.get(server.url + "/sources/refused?source=write-key-1").text
    assert "Nothing was refused" in text


def test_a_viewer_sees_who_sends_but_no_items(filled):
    server, admin = filled
    vera, _ = join(invite(admin, server, "Vera", "vera@example.com", "viewer"))
    text = vera.get(server.url + "/sources").text
    assert "Old site" in text and "/sources/refused" not in text
    for path in ["/sources/refused", "/sources/live", "/sources/live/events"]:
        assert vera.get(server.url + path).status_code == 403


def test_imported_files_are_listed(serve, shop_copy):
    server = serve(shop_copy / ".waymark", shop_copy / "experience.yaml")
    admin = set_up(server)
    assert "events.jsonl" in admin.get(server.url + "/sources").text


def test_the_live_page_connects_pauses_and_hears_the_end(filled, page):
    server, _ = filled
    sign_in(page, server)
    page.goto(server.url + "/sources/live")
    sign = page.locator(".live")
    page.wait_for_function("document.querySelector('.live').dataset.state === 'on'")
    page.get_by_role("button", name="Pause").click()
    assert sign.inner_text() == "paused"
    page.get_by_role("button", name="Go on").click()
    assert sign.inner_text() == "live"
    assert server.stop() == 0
    page.get_by_text("the server stopped").wait_for()


def test_no_more_look_on_than_the_server_has_room_for(filled):
    server, admin = filled
    streams = [
        admin.get(server.url + "/sources/live/events", stream=True, timeout=20)
        for _ in range(20)]
    assert {stream.status_code for stream in streams} == {200}
    further = requests.get(
        server.url + "/sources/live/events", cookies=admin.cookies, timeout=20)
    assert further.status_code == 503 and "Retry-After" in further.headers
    for stream in streams:
        stream.close()
    # The server sees that they went at its next line to them.
    assert server.stop() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_sources_are_for_everybody(filled, page, theme):
    server, _ = filled
    page.emulate_media(color_scheme=theme)
    sign_in(page, server)
    for path in ["", "/refused", "/live"]:
        assert_for_everybody(page, server.url + "/sources" + path)
