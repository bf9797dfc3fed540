"""Asking questions in the browser, and the customers behind an answer's numbers."""

import csv
import io
from urllib.parse import quote

import pytest
from conftest import assert_accessible, set_up, sign_in, token_of

FUNNEL = "question: funnel\nsteps: [cart, checkout, order]\nwindow: 7d\n"


@pytest.fixture
def server(serve, shop_copy):
    return serve(shop_copy / ".waymark", shop_copy / "experience.yaml")


def test_explore_asks_from_a_suggestion_to_the_customers(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore")
    assert page.get_by_role("heading", level=1).text_content() == "Explore"
    page.get_by_role("link", name="How far do customers come").click()
    assert page.locator("img").evaluate("image => image.naturalWidth") > 100
    assert_accessible(page)
    link = page.locator("td a").first
    count = int(link.text_content().strip().replace(",", ""))
    link.click()
    page.wait_for_url("**/explore/customers**")
    said = page.locator(".facts").text_content()
    assert said.strip().startswith(str(count))
    page.get_by_label("Keep these customers as a set").fill("looked_at")
    page.get_by_role("button", name="Save set").click()
    assert "Saved as" in page.get_by_role("status").text_content()
    page.locator("tbody a").first.click()
    assert page.get_by_role("heading", name="Story").is_visible()


def test_explore_says_where_a_question_is_wrong(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore")
    page.get_by_label("The question, as YAML").fill(
        "question: retention\nstart: cart\ninterval: fortnight\n")
    page.get_by_role("button", name="Ask").click()
    assert "Line 3" in page.get_by_role("alert").text_content()


def test_explore_gives_files(server):
    session = set_up(server)
    query = "?q=" + quote(FUNNEL)
    rows = list(csv.reader(io.StringIO(session.get(server.url + "/explore.csv" + query).text)))
    assert rows[0][0] == "step" and len(rows) == 4
    answer = session.get(server.url + "/explore.json" + query).json()
    assert answer["answers"][0]["receipt"]["question"]["question"] == "funnel"
    svg = session.get(server.url + "/explore.svg" + query)
    assert svg.headers["content-type"] == "image/svg+xml" and svg.text.startswith("<svg")


def test_explore_keeps_sets_only_from_its_own_pages(server):
    session = set_up(server)
    address = server.url + "/explore/customers?q=" + quote(FUNNEL) + "&row=step%3Dcart"
    page = session.get(address)
    assert page.status_code == 200
    assert session.post(address, data={"name": "forged"}).status_code == 403
    token = token_of(page.text)
    answer = session.post(address, data={"name": "carts", "csrf": token}, allow_redirects=False)
    assert answer.status_code == 303
    again = session.post(address, data={"name": "carts", "csrf": token}, allow_redirects=False)
    assert again.status_code == 422
