"""Asking questions in the browser, and the customers behind an answer's numbers."""

import csv
import io
import re
from urllib.parse import quote

import pytest
from conftest import (
    assert_accessible, assert_for_everybody, set_up, sign_in, token_of)

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
    page.wait_for_load_state()
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
    page.get_by_role("heading", name="Story").wait_for()


def written(page, text):
    """Waits until the question is written so."""
    page.wait_for_function(
        "text => document.querySelector('textarea').value === text", arg=text, timeout=60_000)


def ask(page):
    page.locator("#question-form > .actions").get_by_role("button", name="Ask").click()


def test_explore_says_where_a_question_is_wrong(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore")
    page.get_by_label("The question, as YAML").fill(
        "question: retention\nstart: cart\ninterval: fortnight\n")
    page.locator("#question-text").get_by_role("button", name="Ask").click()
    page.wait_for_url("**fortnight*")
    said = page.get_by_role("alert").text_content()
    assert "Line 3" in said and "hour, day, week" in said
    field = page.get_by_label("Interval", exact=True)
    assert field.get_attribute("aria-invalid") == "true"
    assert "fortnight" in page.locator("#wrong-interval").text_content()
    assert_accessible(page)
    # Mended in the form, it is answered.
    field.select_option("month")
    ask(page)
    page.wait_for_url("**month*")
    assert page.get_by_role("alert").count() == 0 and page.locator("#answer table").count() == 1


@pytest.mark.parametrize("text, field, said", [
    ("question: funnel\nsteps: [cart]\n", "steps", "2 to 32 steps"),
    ("question: funnel\nwindow: 7d\n", None, "missing"),
    ("question: flow\nstart: cart\nfrom: 2026-05-01\nto: 2026-04-01\n", "to", "empty"),
    ("question: flow\nbegin: cart\n", "begin", "no field"),
    ("question: flow\nstart: cart\nfor: buyer\n", "for", "buyer"),
    ("question: conformance\njourney: first\n", "journey", "first_order"),
])
def test_remarks_stand_at_their_field(server, text, field, said):
    session = set_up(server)
    page = session.get(server.url + "/explore?q=" + quote(text)).text
    if field:
        wrong = re.search(rf'id="wrong-{field}">([^<]*)<', page)
        assert wrong and said in wrong.group(1), (text, wrong)
    assert said in re.search(r'role="alert">([^<]*)<', page).group(1)


def test_the_form_and_the_text_are_one_question(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore")
    page.get_by_label("Steps, row 1", exact=True).fill("cart")
    page.get_by_label("Steps, row 2", exact=True).fill("order")
    written(page, "question: funnel\nsteps: [cart, order]\n")
    # Rows are added, moved and taken out by keyboard alone.
    page.get_by_role("button", name="Add a row").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'field-steps-2'")
    page.keyboard.type('{name: paid, on: \'event == "Payment Submitted"\'}')
    page.get_by_role("button", name="Move up: Steps, row 3").focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.activeElement.id === 'field-steps-1'")
    paid = "{name: paid, on: 'event == \"Payment Submitted\"'}"
    written(page, "question: funnel\nsteps: [cart, " + paid + ", order]\n")
    page.get_by_role("button", name="Remove: Steps, row 1").click()
    written(page, "question: funnel\nsteps: [" + paid + ", order]\n")
    # What is written shows in the form, also what is folded away.
    page.get_by_label("The question, as YAML").fill(
        "question: funnel\nsteps: [a, b]\norder: any\nfor: new_shoppers\n")
    page.wait_for_function("() => document.querySelector('#field-for')?.value === 'new_shoppers'")
    assert page.get_by_label("Order", exact=True).input_value() == "any"
    assert page.get_by_label("For", exact=True).is_visible()
    # Another kind keeps what it has too.
    page.get_by_label("What do you want to know?").select_option("retention")
    written(page, "question: retention\nfor: new_shoppers\n")
    page.get_by_label("Start", exact=True).fill("cart")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?q=*#answer")
    assert page.locator("#answer table").count() == 1


def test_the_form_offers_the_names_of_the_experience_and_its_customers(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore")
    assert page.get_by_label("Steps, row 1", exact=True).get_attribute("list") == "offer-event"

    def offered(name):
        return page.locator(f"#offer-{name} option").evaluate_all(
            "options => options.map(option => option.value)")
    assert {"cart", "Product Added"} <= set(offered("event"))
    assert "new_shoppers" in offered("population") and "first_order" in offered("journey")
    assert "case first_order" in offered("unit") and offered("property")


def test_the_form_works_without_script(server, browser):
    set_up(server)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, server)
    page.goto(server.url + "/explore")
    page.get_by_label("What do you want to know?").select_option("flow")
    page.get_by_role("button", name="Choose").click()
    page.get_by_label("Start", exact=True).fill("cart")
    page.get_by_text("More about it").click()
    page.get_by_label("Only, row 1", exact=True).fill("checkout")
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Only, row 2", exact=True).fill("order")
    page.get_by_role("button", name="Move up: Only, row 2").click()
    assert page.get_by_label("Only, row 1", exact=True).input_value() == "order"
    page.get_by_label("Depth", exact=True).fill("[1")
    ask(page)
    assert "[1" == page.get_by_label("Depth", exact=True).input_value()
    assert "bracket" in page.locator("#wrong-depth").inner_text()
    page.get_by_label("Depth", exact=True).fill("2")
    page.get_by_label("Start", exact=True).press("Enter")
    page.wait_for_url("**/explore?q=*")
    assert page.locator("#answer table").count() == 1
    assert page.get_by_label("The question, as YAML").input_value() == (
        "question: flow\nstart: cart\nonly: [order, checkout]\ndepth: 2\n")
    context.close()


def test_a_question_that_is_counted_can_be_left(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore?q=" + quote(FUNNEL))
    # As if the answer were long in coming.
    page.evaluate("""document.querySelectorAll("[data-ask]").forEach((form) =>
      form.addEventListener("submit", (event) => event.preventDefault()))""")
    ask(page)
    assert page.get_by_role("status").text_content() == "Counting…"
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()
    assert page.locator("#waiting").count() == 0


def test_every_kind_has_a_form_for_everybody(server, page):
    session = set_up(server)
    sign_in(page, server)
    kinds = re.findall(
        r'<option value="(\w+)"', re.search(
            r'name="kind">(.*?)</select>', session.get(server.url + "/explore").text).group(1))
    assert len(kinds) == len(session.get(server.url + "/api/v1/catalogue").json()["items"])
    for kind in kinds:
        page.goto(f"{server.url}/explore?kind={kind}&do=kind")
        assert page.get_by_label("What do you want to know?").input_value() == kind
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert_accessible(page)
    for theme in ["light", "dark"]:
        page.evaluate(f"document.cookie = 'waymark_theme={theme};path=/'")
        assert_for_everybody(page, server.url + "/explore?q=" + quote(FUNNEL))
        assert_for_everybody(page, server.url + "/explore?kind=trends&do=add.series")


def test_hostile_fields_are_text(server, page):
    set_up(server)
    sign_in(page, server)
    hostile = '"><script>alert(1)</script>\u202e🛒'
    for address in [
        f"/explore?kind=flow&f.start={quote(hostile)}&f.{quote(hostile)}=x&strange={quote(hostile)}",
        f"/explore?q={quote('question: ' + hostile)}",
        f"/explore?q={quote('question: flow' + chr(10) + hostile + ': x')}",
        f"/explore?kind={quote(hostile)}&do={quote(hostile)}",
        "/explore?kind=funnel&do=up.steps.99999999999999999999&f.steps=a&saved=x",
    ]:
        page.goto(server.url + address)
        assert page.locator("h1").text_content() == "Explore"
        assert page.locator("main script").count() == 0


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
