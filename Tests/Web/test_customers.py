"""Looking for customers, reading a story, saying who is who, erasing."""

import re
from urllib.parse import quote

import pytest
from conftest import assert_accessible, set_up, sign_in, token_of


@pytest.fixture
def server(serve, shop_copy):
    return serve(shop_copy / ".waymark", shop_copy / "experience.yaml")


def some_customer(session, server):
    text = session.get(server.url + "/customers").text
    return re.search(r'href="/customers/([^"]+)"><bdi>([^<]+)</bdi>', text).groups()


def test_customers_are_found_and_read(server, page):
    session = set_up(server)
    _, identity = some_customer(session, server)
    sign_in(page, server)
    page.goto(server.url + "/customers")
    page.get_by_label("An id, or how it begins").fill(identity)
    page.get_by_role("button", name="Look").click()
    page.wait_for_load_state()
    assert page.get_by_role("heading", level=1).text_content() == identity
    assert page.locator(".events li").count() > 0
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_customers_who_are_unknown_are_said_to_be(server):
    session = set_up(server)
    answer = session.get(server.url + "/customers/user:nobody%2Fhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "Nobody is known as user:nobody/here" in answer.text
    listed = session.get(server.url + "/customers?id=" + quote("<script>alert(1)</script>")).text
    assert "<script>alert" not in listed


def test_customers_are_linked_and_unlinked(server):
    session = set_up(server)
    path, identity = some_customer(session, server)
    address = f"{server.url}/customers/{path}"
    token = token_of(session.get(address).text)
    session.post(address + "/link", data={"other": "anonymous:phone/7%", "csrf": token})
    text = session.get(address).text
    assert "anonymous:phone/7%" in text and "by Ada Admin" in text
    session.post(
        address + "/unlink",
        data={"first": identity, "second": "anonymous:phone/7%", "csrf": token})
    assert "taken back" in session.get(address).text


def test_customers_are_erased_after_their_id_was_typed(server):
    session = set_up(server)
    path, identity = some_customer(session, server)
    address = f"{server.url}/customers/{path}"
    token = token_of(session.get(address).text)
    wrong = session.post(address + "/erase", data={"confirm": "somebody", "csrf": token})
    assert wrong.status_code == 422
    assert session.get(address).status_code == 200
    done = session.post(address + "/erase", data={"confirm": identity, "csrf": token})
    assert done.status_code == 200 and "Erased" in done.text
    assert session.get(address).status_code == 404
    assert identity.split(":", 1)[1] not in "\n".join(server.lines)


def test_customers_events_are_given_as_files(server):
    session = set_up(server)
    path, identity = some_customer(session, server)
    rows = session.get(f"{server.url}/customers/{path}/events.json").json()
    assert rows and {"event", "identity", "properties", "time"} <= rows[0].keys()
    table = session.get(f"{server.url}/customers/{path}/events.csv").text
    assert table.startswith("time,event,identity")
