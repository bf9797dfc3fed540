"""From a write key made in the browser to a map that moves while events come in."""

import re

import pytest
import requests
from conftest import set_up, sign_in, token_of


@pytest.fixture
def server(serve, shop_copy):
    return serve(shop_copy / ".waymark", shop_copy / "experience.yaml")


def make_key(session, server):
    page = session.get(server.url + "/settings/keys").text
    answer = session.post(
        server.url + "/settings/keys", data={"name": "web shop", "csrf": token_of(page)})
    return re.search(r"wk_[A-Za-z0-9_-]{43}", answer.text).group(0)


def test_together_events_move_the_open_map(server, page):
    session = set_up(server)
    key = make_key(session, server)
    sign_in(page, server)
    page.goto(server.url + "/journeys/first_order")
    page.wait_for_selector(".live[data-state=on]")
    before = int(page.locator(".tile .value a").first.inner_text().replace(",", ""))
    events = [
        {"event": "Ad Clicked", "userId": f"new-{n}", "timestamp": "2026-06-02T10:00:00Z",
         "messageId": f"m{n}", "properties": {"channel": "social"}}
        for n in range(40)
    ]
    answer = requests.post(server.url + "/v1/events", json=events, auth=(key, ""), timeout=20)
    assert answer.status_code == 200 and answer.json()["taken"] == 40
    page.wait_for_function(
        "wanted => document.querySelector('.tile .value a').textContent === wanted",
        arg=f"{before + 40:,}", timeout=20_000)
    again = requests.post(server.url + "/v1/events", json=events, auth=(key, ""), timeout=20)
    assert again.json()["repeated"] == 40
    story = session.get(server.url + "/customers/user%3Anew-7").text
    assert "Ad Clicked" in story
    assert key not in "\n".join(server.lines) and "new-7" not in "\n".join(server.lines)


def test_together_events_are_seen_as_they_come(server, page):
    session = set_up(server)
    key = make_key(session, server)
    sign_in(page, server)
    page.goto(server.url + "/sources/live")
    page.wait_for_selector(".live[data-state=on]")
    requests.post(
        server.url + "/v1/events", auth=(key, ""), timeout=20,
        json=[{"event": "Seen Live", "userId": "watcher-1"}, {"event": "Without Anybody"}])
    page.get_by_text("Seen Live").first.wait_for(timeout=20_000)
    page.get_by_text("watcher-1").first.wait_for(timeout=20_000)
