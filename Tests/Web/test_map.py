"""Journeys, their live maps, and the customers behind every number."""

import csv
import io
import json
import re
import subprocess
import threading
import time
import urllib.parse

import pytest
import requests
from collecting import free_port
from conftest import PROGRAM, assert_accessible, set_up, sign_in, token_of

MAP = "/journeys/first_order"
STEP = "/journeys/first_order/steps/3"
LATE = "/journeys/first_order/customers?at=figure%3Dlate"


def start(serve, folder, port=0):
    return serve(folder / ".waymark", folder / "experience.yaml", port=port)


def ask_map(folder, *arguments):
    """The map as the command line measures it."""
    answer = subprocess.run(
        [PROGRAM, "map", "first_order", "--format", "json", "--data", str(folder / ".waymark"),
         "--experience", str(folder / "experience.yaml"), *arguments],
        check=True, capture_output=True, text=True, timeout=120)
    return json.loads(answer.stdout)


def test_journeys_show_their_health_in_the_order_of_the_text(serve, shop_copy, page):
    server = start(serve, shop_copy)
    set_up(server)
    sign_in(page, server)
    titles = page.locator(".journeys h2").all_inner_texts()
    assert titles == ["From first visit to first parcel", "From order to review", "The next order"]
    card = page.locator(".journeys > li").first
    measured = ask_map(shop_copy)["map"]
    assert f"{100 * measured['completion']['value']:.1f}" in card.locator(".health").inner_text()
    assert f"{measured['cases']['total']:,}" in card.locator(".terms").inner_text()
    assert card.locator(".targets li").count() == len(measured["targets"])
    assert card.locator("svg.spark").count() == 1
    assert card.get_by_role("link", name="From order to review").count() == 1
    card.get_by_role("link", name="From first visit to first parcel").click()
    page.wait_for_url("**" + MAP)
    assert page.locator("h1").inner_text() == "From first visit to first parcel"


def test_every_number_leads_to_as_many_cases_as_it_says(serve, shop_copy):
    server = start(serve, shop_copy)
    session = set_up(server)
    tried = 0
    for path in (MAP + "?range=90", "/journeys/after_purchase", STEP):
        text = session.get(server.url + path).text
        links = set(re.findall(r'<a href="([^"]*/customers\?at=[^"]*)">(.*?)</a>', text))
        assert len(links) > 5
        for address, shown in links:
            words = re.sub("<[^>]*>", "", shown)
            if "%" in words or "than" in words:
                continue
            number = re.search(r"[\d,]+", words).group()
            answer = session.get(server.url + address.replace("&amp;", "&"))
            assert answer.status_code == 200, answer.text
            facts = re.search(r'<p class="facts"><span>([\d,]+) ', answer.text).group(1)
            assert facts == number, address
            tried += 1
    assert tried > 60


def test_customers_are_listed_in_pages_and_kept_as_a_file(serve, shop_copy):
    server = start(serve, shop_copy)
    session = set_up(server)
    path = MAP + "/customers?at=figure%3Dreached%2Cstep%3D3"
    listed, address = [], path
    while address:
        text = session.get(server.url + address).text
        listed += re.findall(r'<a href="/customers/([^"]+)"><bdi>', text)
        more = re.search(r'<a class="button quiet" href="([^"]+)">More</a>', text)
        address = more and more.group(1).replace("&amp;", "&")
    said = int(re.search(r"<span>([\d,]+) customers?</span>", text).group(1).replace(",", ""))
    assert len(listed) == len(set(listed)) == said > 100
    answer = session.get(server.url + path.replace("customers?", "customers.csv?"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["customer"] for row in rows] == [urllib.parse.unquote(name) for name in listed]


def test_the_address_says_range_and_customers(serve, shop_copy):
    server = start(serve, shop_copy)
    session = set_up(server)

    def cases(query, journey="first_order"):
        answer = session.get(f"{server.url}/journeys/{journey}.json?{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()["map"]

    mine = cases("range=own&from=2026-04-01&to=2026-04-30")
    theirs = ask_map(shop_copy, "--from", "2026-04-01", "--to", "2026-05-01")["map"]
    assert mine == theirs
    assert mine["cases"]["total"] > 100
    month, week = cases("range=30"), cases("range=7")
    assert 0 < week["cases"]["total"] < month["cases"]["total"] < cases("")["cases"]["total"]
    # Days are counted back from the latest event, and begin at midnight where the shop is.
    assert month["from"].endswith("T22:00:00Z") and month["to"] is None
    condition = urllib.parse.quote("traits.household > 2")
    planners = cases("for=planner", "after_purchase")
    assert planners["cases"] == cases("for=" + condition, "after_purchase")["cases"]
    assert 0 < planners["cases"]["total"] < cases("", "after_purchase")["cases"]["total"]
    for query in ("range=0", "range=x", "range=own&from=June", "for=nobody_knows"):
        assert session.get(server.url + MAP + ".json?" + query).status_code == 422
        page = session.get(server.url + MAP + "?" + query)
        assert page.status_code == 200 and 'role="alert"' in page.text
    for path in ("/journeys/nope", MAP + "/steps/99", MAP + "/steps/x", "/journeys/nope/live"):
        assert session.get(server.url + path).status_code == 404
    for place in ("figure%3Dmany", "figure%3Dlate%2Cstep%3D99", "x"):
        assert session.get(server.url + MAP + "/customers?at=" + place).status_code == 422


def test_the_map_is_kept_as_picture_data_and_page(serve, shop_copy, page):
    server = start(serve, shop_copy)
    session = set_up(server)
    picture = session.get(server.url + MAP + ".svg?range=30")
    assert picture.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert picture.text.startswith("<svg") and "<a " not in picture.text
    alone = session.get(server.url + MAP + ".html")
    assert "attachment" in alone.headers["Content-Disposition"]
    assert "/customers" not in alone.text and "<style>" in alone.text
    sign_in(page, server)
    page.goto(server.url + MAP + "?range=30")
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename == "first_order.png"
    content = open(download.value.path(), "rb").read()
    assert content.startswith(b"\x89PNG") and len(content) > 20_000


def test_people_choose_compare_and_drill_with_the_keyboard(serve, shop_copy, page):
    server = start(serve, shop_copy)
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + MAP)
    page.get_by_label("Cases that began in").focus()
    with page.expect_navigation():
        page.keyboard.press("ArrowDown")
    assert "range=7" in page.url
    with page.expect_navigation():
        page.get_by_label("Cases that began in").select_option("Last 30 days")
    with page.expect_navigation():
        page.get_by_label("Compare with").select_option("The range before")
    assert "compare=before" in page.url
    assert page.get_by_role("heading", name="What changed").count() == 1
    assert "the range before" in page.locator(".facts").inner_text()
    page.go_back()
    with page.expect_navigation():
        page.get_by_label("Cases that began in").select_option("Own dates")
    page.get_by_label("From").fill("2026-04-01")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**from=2026-04-01*")
    page.locator(".drawing a").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/customers?at=" in page.url and "from=2026-04-01" in page.url
    page.go_back()
    page.locator(".step a").first.click()
    page.wait_for_url("**/steps/1?*")
    assert page.locator("h1").inner_text() == "Product page"
    page.get_by_role("link", name="Next step").click()
    page.wait_for_url("**/steps/2?*")


def test_customers_are_kept_as_a_set_that_maps_can_be_of(serve, shop_copy, page):
    server = start(serve, shop_copy)
    session = set_up(server)
    assert session.post(server.url + LATE, data={"name": "late"}).status_code == 403
    assert requests.post(server.url + LATE, data={"name": "late"}).status_code == 401
    sign_in(page, server)
    page.goto(server.url + LATE)
    said = page.locator(".facts").inner_text()
    page.get_by_label("Keep these customers as a set").fill("late_parcels")
    page.get_by_role("button", name="Save set").click()
    page.wait_for_url("**saved=late_parcels*")
    assert "late_parcels" in page.get_by_role("status").inner_text()
    page.goto(server.url + MAP)
    with page.expect_navigation():
        page.get_by_label("Customers").select_option("late parcels")
    assert "for=late_parcels" in page.url
    page.goto(page.url.replace(MAP, MAP + "/customers") + "&at=figure%3Dlate")
    assert page.locator(".facts").inner_text() == said
    token = token_of(session.get(server.url + MAP).text)
    for name in ("late_parcels", "frequent_shoppers", "not a name", ""):
        answer = session.post(server.url + LATE, data={"name": name, "csrf": token})
        assert answer.status_code == 422, name


EVENTS = [
    {"user_id": f"new-{number}", "event": "Ad Clicked", "time": "2026-06-01T08:00:00Z",
     "properties": {"channel": "social"}} for number in range(25)]


def test_the_map_moves_while_the_page_stays_as_it_was(serve, shop_copy, browser, tmp_path):
    port = free_port()
    server = start(serve, shop_copy, port=port)
    set_up(server)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    failures = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    sign_in(page, server)
    page.goto(server.url + MAP)
    page.wait_for_selector(".live[data-state=on]")
    tile = page.locator(".tile .value a").first
    before = int(tile.inner_text().replace(",", ""))
    page.locator("details > summary").first.click()
    page.locator(".step a").nth(2).focus()
    page.locator(".map").first.evaluate("map => map.scrollLeft = 60")
    page.evaluate("window.scrollTo(0, 400); window.here = true")
    assert server.stop() == 0
    page.wait_for_selector(".live[data-state=off]")
    path = tmp_path / "more.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    subprocess.run(
        [PROGRAM, "import", str(path), "--data", str(shop_copy / ".waymark")],
        check=True, capture_output=True, timeout=120)
    start(serve, shop_copy, port=port)
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.tile .value a')]"
        ".some(link => link.textContent === wanted)",
        arg=f"{before + len(EVENTS):,}", timeout=120_000)
    page.wait_for_selector(".live[data-state=on]")
    assert page.evaluate("window.here"), "the page was loaded anew"
    assert page.locator("details").first.get_attribute("open") is not None
    assert page.evaluate("document.activeElement.textContent") == "Checkout"
    assert page.locator(".map").first.evaluate("map => map.scrollLeft") == 60
    assert page.evaluate("scrollY") > 300
    context.close()
    assert not failures


def test_watching_pages_are_told_when_the_server_stops(serve, shop_copy):
    server = start(serve, shop_copy)
    session = set_up(server)
    assert requests.get(server.url + MAP + "/live").status_code == 401
    answer = session.get(server.url + MAP + "/live", stream=True, timeout=20)
    assert answer.headers["Content-Type"] == "text/event-stream"
    heard = []

    def listen():
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            heard.append(line)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    end = time.monotonic() + 10
    while not heard and time.monotonic() < end:
        time.sleep(0.02)
    begun = time.monotonic()
    assert server.stop() == 0
    listener.join(timeout=10)
    assert "event: bye" in heard
    assert time.monotonic() - begun < 10


def test_pages_teach_where_there_is_nothing_yet(serve, shop_copy, tmp_path, page):
    server = serve(tmp_path / "one", tmp_path / "missing.yaml")
    set_up(server)
    sign_in(page, server)
    assert page.get_by_role("heading", name="First, the design").count() == 1
    assert_accessible(page)
    server = serve(tmp_path / "two", shop_copy / "experience.yaml")
    set_up(server)
    sign_in(page, server)
    assert page.get_by_role("heading", name="No events yet").count() == 1
    assert_accessible(page)
    page.goto(server.url + MAP)
    assert page.get_by_role("heading", name="Nothing to show yet").count() == 1
    page.goto(server.url + LATE)
    assert page.get_by_role("heading", name="Nobody").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_read_for_everybody(serve, shop_copy, page, theme, width):
    server = start(serve, shop_copy)
    set_up(server)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    sign_in(page, server)
    for path in ("/journeys", MAP, MAP + "?range=30&compare=before", STEP, LATE):
        page.goto(server.url + path)
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
        assert page.locator("h1").count() == 1
